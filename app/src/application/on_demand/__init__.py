"""Answers that are asked for by key, when somebody asks: the last good one of each key is kept."""
