"""Numbers for operators, in the text format of Prometheus."""
