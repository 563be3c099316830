"""One word per concept: the glossary's forbidden synonyms stand in no text that people read."""

from __future__ import annotations

from pathlib import Path

import pytest

from compliance.model.rule import Rule
from compliance.rulebook import load
from compliance.rulebook.glossary import read_glossary
from compliance.rulebook.lint import lint
from compliance.rulebook.rulefile import dump_rule

ROOT = Path(__file__).parents[2]
RULES = ROOT / "rules"
TEXTS = sorted(path for path in (ROOT / "reports").rglob("*") if path.suffix in (".yaml", ".j2"))
FILES = {path.relative_to(RULES).as_posix(): path.read_text("utf-8") for path in RULES.rglob("*.yaml")}


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.name)
def test_words_of_reports(path: Path) -> None:
    """Reports, help and messages use the glossary's words."""
    glossary, problems = read_glossary(FILES["glossary.yaml"], "glossary.yaml")
    assert not problems
    text = path.read_text("utf-8")
    assert [found for lang in ("nl", "en") for found in glossary.misused(text, lang)] == []


def test_the_shipped_rules() -> None:
    """Lint finds nothing in the shipped rules."""
    assert [str(problem) for problem in lint(load(FILES), FILES)] == []


def test_shipped_rules_survive_dumping() -> None:
    """Every shipped rule, dumped and read again, is the same rule."""
    for file in load(FILES).files.values():
        assert Rule.model_validate(dump_rule(file.rule)) == file.rule
