"""Release: what leaves the municipality leaves after a named person let it."""
