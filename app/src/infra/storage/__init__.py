"""Where snapshots and the journal of refreshes outlive a request: files, Redis, memory."""
