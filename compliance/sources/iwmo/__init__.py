"""Reads messages of iWmo 3.2 into referrals: assignments, starts and stops of care.

Only the elements named in `header` and `products` are ever read, each by its explicit path. Names, dates of
birth, sex, language, addresses, relations and legal status stand in the messages and are never looked at.
"""

from compliance.sources.iwmo.reader import read_messages

__all__ = ["read_messages"]
