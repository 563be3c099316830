"""Shared ground for the tests of the judgement: the shipped declarations."""

from __future__ import annotations

from pathlib import Path

import pytest

from compliance.engine.judge import Declarations, read_declarations

FOLDER = Path(__file__).parents[3] / "rules" / "judgement"


@pytest.fixture(scope="session")
def shipped() -> Declarations:
    """The declarations that ship."""
    return read_declarations({path.name: path.read_text("utf-8") for path in FOLDER.glob("*.yaml")})[0]
