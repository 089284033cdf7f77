"""What IBGE says about populations: the same paths and shapes, with figures made up."""
