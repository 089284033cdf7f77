"""The service, in four layers: entrypoints → infra → application → domain, imports inwards."""

VERSION = "1.0.0"
