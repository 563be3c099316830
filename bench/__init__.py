"""Measures the checker beside hand-written SQL, in one run on one machine."""
