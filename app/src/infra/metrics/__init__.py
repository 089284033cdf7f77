"""Numbers for those who run the service, in the text format of Prometheus."""
