"""Retention: what has outlived its dated term is removed for good, and what went is told."""

from __future__ import annotations

from compliance.services.retention.plan import Plan
from compliance.services.retention.policy import Term, policy_hash, shipped_policy
from compliance.services.retention.purging import Purged, pending, plan_purge, purge

__all__ = ["Plan", "Purged", "Term", "pending", "plan_purge", "policy_hash", "purge", "shipped_policy"]
