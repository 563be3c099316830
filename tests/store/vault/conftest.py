"""A vault without deliveries."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.store.vault.town import Town


@pytest.fixture
def town(tmp_path: Path) -> Town:
    """A vault in a folder of its own."""
    return Town(tmp_path)
