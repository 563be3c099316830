"""Reports of a night, one kind per audience."""
