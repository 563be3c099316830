"""Use cases around the rule book read and write the files that they name, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from compliance.errors import RulebookError, UsageError
from compliance.services import rulebook

SHIPPED = Path(__file__).parents[2] / "rules"
RULE = "acc/ACC-02_refusal-without-substantiation.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A rules folder with one shipped rule."""
    for name in (RULE, "parameters.yaml", "glossary.yaml", "protected.yaml"):
        path = tmp_path / "rules" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text((SHIPPED / name).read_text("utf-8"), "utf-8")
    return tmp_path / "rules"


def spoil(folder: Path) -> None:
    """The rule gets a flaw of form."""
    path = folder / RULE
    path.write_text(path.read_text("utf-8").replace("severity: medium", "severity: mild"), "utf-8")


def test_lint(folder: Path) -> None:
    """Lint tells how many rules there are and every flaw; a flaw of form does not hide others."""
    answer = rulebook.lint_rules(folder)
    assert answer.rules == 1
    assert {problem.code for problem in answer.problems} == {"number-unused"}
    spoil(folder)
    answer = rulebook.lint_rules(folder)
    assert answer.rules == 0
    assert "word-unknown" in {problem.code for problem in answer.problems}


def test_the_lock(folder: Path) -> None:
    """A rule is new until it is locked and known when it vanishes; a broken lock is not written over."""
    assert [problem.code for problem in rulebook.check_lock(folder)] == ["lock-new"]
    path = rulebook.write_rule_lock(folder)
    assert path == folder / "rulebook.lock.json"
    assert rulebook.check_lock(folder) == ()
    (folder / RULE).unlink()
    assert [problem.code for problem in rulebook.check_lock(folder)] == ["id-removed"]
    assert "ACC-02" in json.loads(rulebook.write_rule_lock(folder).read_text("utf-8"))["rules"]
    path.write_text("{", "utf-8")
    with pytest.raises(UsageError):
        rulebook.write_rule_lock(folder)


def test_pages(folder: Path, tmp_path: Path) -> None:
    """Pages are written once, checked, told when stale or missing, and removed with their rule."""
    docs = tmp_path / "docs"
    stale = rulebook.check_docs(docs, folder)
    assert {problem.message for problem in stale} == {"The page is missing."}
    written = rulebook.write_docs(docs, folder)
    assert {path.relative_to(docs).as_posix() for path in written} == {
        "rules/README.md", "rules/ACC-02.md", "facts.md", "facts.schema.json", "rule.schema.json",
    }  # fmt: skip
    assert rulebook.write_docs(docs, folder) == ()
    assert rulebook.check_docs(docs, folder) == ()
    (docs / "facts.md").write_text("x", "utf-8")
    (docs / "rules" / "OLD-01.md").write_text("x", "utf-8")
    assert [problem.code for problem in rulebook.check_docs(docs, folder)] == ["docs-stale", "docs-surplus"]
    assert {path.name for path in rulebook.write_docs(docs, folder)} == {"facts.md", "OLD-01.md"}
    assert rulebook.check_docs(docs, folder) == ()


def test_flaws_stop_what_is_made_of_rules(folder: Path, tmp_path: Path) -> None:
    """Neither lock nor pages are made of rules that have flaws."""
    spoil(folder)
    with pytest.raises(RulebookError):
        rulebook.check_lock(folder)
    with pytest.raises(RulebookError):
        rulebook.write_docs(tmp_path / "docs", folder)
    assert not (tmp_path / "docs").exists()


def test_a_new_rule(folder: Path) -> None:
    """A new rule is a file that lint leads through; it never writes over another."""
    path = rulebook.write_new_rule("ACC-09", "late-letter", "referral", "2027-01-01", folder)
    assert path == folder / "acc" / "ACC-09_late-letter.yaml"
    assert any(problem.place.startswith("acc/ACC-09") for problem in rulebook.lint_rules(folder).problems)
    path.write_text("id: [", "utf-8")
    with pytest.raises(UsageError, match="already"):
        rulebook.write_new_rule("ACC-09", "late-letter", "referral", "2027-01-01", folder)


def test_reading_on(folder: Path) -> None:
    """Tools get the rules that are right with the flaws of the others."""
    book, problems = rulebook.read_book(folder)
    assert (list(book.rules), problems) == (["ACC-02"], ())


def test_the_schema_is_json() -> None:
    """The editor schema is JSON text with a final newline."""
    text = rulebook.schema_text()
    assert json.loads(text)["title"] == "Rule"
    assert text.endswith("}\n")
