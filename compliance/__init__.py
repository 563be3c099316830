"""Judges a public care contract by declarative rules, and proves every answer."""

__version__ = "0.1.0"
