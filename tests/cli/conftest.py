"""Calls the command line in this process, as a person would."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from compliance.cli.app import main
from compliance.services.content import content_folder

Call = Callable[..., Result]


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Runs a command in an empty working directory; errors of the documented tree pass through."""
    monkeypatch.chdir(tmp_path)
    runner = CliRunner()

    def run(*arguments: str, **settings: Any) -> Result:
        return runner.invoke(
            main, arguments, prog_name="compliance", auto_envvar_prefix="COMPLIANCE",
            standalone_mode=False, **settings,
        )  # fmt: skip

    return run


@pytest.fixture
def first() -> str:
    """The path of the first case."""
    return str(content_folder("cases") / "first" / "case.yaml")


@pytest.fixture
def trouble() -> Path:
    """The folder of cases that expect findings."""
    return content_folder("cases") / "trouble"
