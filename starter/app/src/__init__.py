"""The service, in four layers: entrypoints → infra → application → domain, imports inwards."""

VERSION = "0.1.0"
NAME = {{slug-in-python}}
PURPOSE = {{purpose-in-python}}
