"""What the service does, said in tests; a folder for each layer, and the whole on real sockets."""
