"""compliance.toml: defaults per command; every unknown key is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from compliance.errors import UsageError
from compliance.services.config import read_config

COMMANDS = {"check": ["lang", "fail-on", "rule"], "explain": ["lang"]}


def written(folder: Path, text: str) -> Path:
    """The configuration file with that text."""
    path = folder / "compliance.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_no_file_no_defaults(tmp_path: Path) -> None:
    """Without a file nothing is set."""
    assert read_config(tmp_path / "compliance.toml", COMMANDS) == {}


def test_top_holds_for_all_and_a_table_for_one(tmp_path: Path) -> None:
    """A command's own table goes before the top of the file."""
    path = written(tmp_path, 'lang = "en"\n[check]\nlang = "nl"\nfail-on = "high"\nrule = ["SUB-*"]\n')
    assert read_config(path, COMMANDS) == {
        "check": {"lang": "nl", "fail_on": "high", "rule": ["SUB-*"]},
        "explain": {"lang": "en"},
    }


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("lnag = 1", "Did you mean lang?"),
        ("[chek]\nlang = 'nl'", "Did you mean check?"),
        ("[check]\nfial-on = 'high'", "Did you mean fail-on?"),
        ("lang = 2027-01-01", "Write a day as text"),
        ("lang = ", "not a TOML file"),
    ],
)
def test_mistakes_are_told_with_their_cure(tmp_path: Path, text: str, words: str) -> None:
    """A typo never silently changes nothing."""
    with pytest.raises(UsageError, match=words.replace("?", r"\?")):
        read_config(written(tmp_path, text), COMMANDS)
