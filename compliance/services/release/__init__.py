"""Release: what leaves the municipality leaves after a named person let it, in exactly the bytes seen."""

from __future__ import annotations

from compliance.services.release.drafting import make_draft
from compliance.services.release.releasing import Listed, approve, list_reports, withdraw

__all__ = ["Listed", "approve", "list_reports", "make_draft", "withdraw"]
