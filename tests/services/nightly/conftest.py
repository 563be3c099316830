"""What the nights of tests leave out: looking ahead and what follows a run have tests of their own."""

from __future__ import annotations

from typing import Any

import pytest

from compliance.model.remedy import LookAhead
from compliance.services.check import Ground
from compliance.services.nightly import followup


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nights without looking ahead, and without steps after the run was kept."""

    def nothing(ground: Ground, *_: Any) -> LookAhead:
        return LookAhead(ground.contract, ground.as_of, ground.as_of, {})

    monkeypatch.setattr(followup, "look_ahead", nothing)
    monkeypatch.setattr(followup, "STEPS", ())
