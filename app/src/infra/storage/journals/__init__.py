"""The journal of refreshes, for each kind of storage."""
