"""The last good snapshot, for each kind of storage."""
