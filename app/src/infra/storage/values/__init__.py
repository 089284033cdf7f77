"""Values by key, for each kind of storage."""
