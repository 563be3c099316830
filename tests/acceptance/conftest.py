"""The desk in an empty working directory, with an environment that asks for nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def own_desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the machine that runs the tests is seen: no settings, no configuration file."""
    for name in list(os.environ):
        if name.startswith("COMPLIANCE_") or name in ("NO_COLOR", "FORCE_COLOR"):
            monkeypatch.delenv(name)
    desk = tmp_path / "desk"
    desk.mkdir()
    monkeypatch.chdir(desk)


@pytest.fixture
def english(own_desk: None, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001 - after it
    """The reader wants English."""
    monkeypatch.setenv("COMPLIANCE_LANG", "en")
