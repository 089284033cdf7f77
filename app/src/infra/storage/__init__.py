"""Where snapshots, journals and values outlive a request: in files, Redis or memory."""
