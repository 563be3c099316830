"""Keeps every accepted row, with where it came from and when, in immutable Parquet files."""

from compliance.store.vault.vault import Vault

__all__ = ["Vault"]
