"""HTTP as its specifications have it, whatever the content."""
