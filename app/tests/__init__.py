"""What the service does, as tests: a folder for each layer, and the whole on real sockets."""
