"""Lists of findings, the life of one and the differences of two runs, as text, JSON, JSON lines and CSV."""
