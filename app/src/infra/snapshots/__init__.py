"""Snapshots outside the process's memory."""
