"""Tests of the snapshots outside the process's memory."""
