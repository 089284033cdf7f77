"""What IBGE says about places: the same paths, shapes and quirks."""
