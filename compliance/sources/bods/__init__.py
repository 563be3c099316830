"""Reads ownership declarations (Beneficial Ownership Data Standard 0.4) into organisations and control.

Only the keys named in `statements` and `relationships` are ever looked at. Names, nationalities, births,
addresses, political exposure and tax residencies of people stand in the declarations and are never read; a
person becomes a pseudonym of the record's id.
"""

from compliance.sources.bods.reader import read_messages

__all__ = ["read_messages"]
