"""Reads answers of the trade register (KVK Handelsregister API): organisations, and who has a say in them.

Only the keys named in `profile` and `functions` are ever looked at. Names, births, addresses and the like of
people stand in the answers and are never read; a BSN becomes a pseudonym at once.
"""

from compliance.sources.kvk.reader import read_messages

__all__ = ["read_messages"]
