"""What a store keeps in its database: runs, decisions, what was sent, and the audit chain."""

from compliance.store.records.auditing import checkpoint_line, read_checkpoint
from compliance.store.records.connect import default_url
from compliance.store.records.records import Records

__all__ = ["Records", "checkpoint_line", "default_url", "read_checkpoint"]
