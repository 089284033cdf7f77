"""Policy: how data are collected, how often, and what is answered meanwhile."""
