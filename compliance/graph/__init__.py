"""Graphs of organisations, persons and contracts: chains, cycles, ties and their pictures.

Pure functions over plain rows: who is in force on which day is the caller's business. The only package that
imports networkx, and only inside the functions that need it: importing it takes longer than judging a case.
"""
