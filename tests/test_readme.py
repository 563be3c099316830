"""The README keeps its word: the first case gives the printed answer, and what it names is there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMAND = Path(sys.executable).with_name("compliance")


def block(language: str) -> str:
    """The first fenced block of the language."""
    found = re.search(rf"^```{language}\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
    assert found is not None
    return found[1]


def test_first_case_gives_the_printed_answer(tmp_path: Path) -> None:
    """The ten lines, saved and checked by the printed command, give the printed answer."""
    case, console = block("yaml"), block("console")
    assert len(case.splitlines()) == 10
    (tmp_path / "case.yaml").write_text(case, encoding="utf-8")
    command, _, answer = console.partition("\n")
    arguments = command.removeprefix("$ compliance ").split()
    environment = {"PATH": os.environ["PATH"], "NO_COLOR": "1", "PYTHONUTF8": "1"}
    done = subprocess.run(  # noqa: S603 - the command the README prints
        [COMMAND, *arguments], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert _without_notes(done.stdout) == _without_notes(answer)
    assert done.returncode == 0, done.stderr


def _without_notes(text: str) -> list[str]:
    """The lines but for remarks on the run, of which newer Pythons have one more."""
    return [line for line in text.rstrip().splitlines() if not line.startswith("i ")]


@pytest.mark.parametrize("target", re.findall(r"\]\(([^)#]+)\)", README))
def test_links_lead_somewhere(target: str) -> None:
    """Each file that the README links to is there."""
    assert (ROOT / target).exists()


@pytest.mark.parametrize("target", sorted(set(re.findall(r"`?make ([a-z]+)\b", README))))
def test_make_targets_exist(target: str) -> None:
    """Each `make` target that the README names is in the Makefile."""
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


def test_purpose_is_told_in_five_lines() -> None:
    """What it is for stands first, in five lines."""
    opening = README.split("##")[0].strip().splitlines()
    assert len([line for line in opening[1:] if line]) == 5
