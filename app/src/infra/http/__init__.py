"""HTTP as its specifications have it: nothing here knows what is answered."""
