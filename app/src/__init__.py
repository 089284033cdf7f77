"""The service, in four layers: entrypoints → infra → application → domain, imports inwards."""

VERSION = "1.0.0"
NAME = "estados-e-cidades"
PURPOSE = "API de localidades do Brasil"
