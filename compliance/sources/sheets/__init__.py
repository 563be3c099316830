"""Reads spreadsheets (XLSX, CSV) of any shape through declarative mappings: which column is which field.

The mappings are content (`mappings/*.yaml`); this package knows no supplier and no column by itself.
"""

from compliance.sources.sheets.reader import read_messages

__all__ = ["read_messages"]
