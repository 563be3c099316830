"""What a store keeps in its database: runs, decisions, what was sent, and the audit chain."""

from compliance.store.records.connect import default_url
from compliance.store.records.records import Records

__all__ = ["Records", "default_url"]
