"""Lint finds what form and logic alone do not show, and nothing in a rule that is whole."""

from __future__ import annotations

import pytest

from compliance.rulebook import load, read
from compliance.rulebook.lint import lint

PATH = "brg/BRG-02_gap-in-bridging-care.yaml"
GLOSSARY = """\
terms:
  - concept: finding
    nl: vraagpunt
    en: finding
    meaning: {nl: vraag, en: question}
    avoid: {nl: [bevinding*, in orde], en: [violation]}
"""
PROTECTED = """\
protected:
  - attribute: {nl: nationaliteit, en: nationality}
    names: [national_ity]
    whole_names: [ras]
  - attribute: {nl: geslacht, en: sex}
"""
LOCK = '{"rules": {"BRG-02": {"name": "gap-in-bridging-care", "stage": "active", "hash": "sha256:0"}}}'


@pytest.fixture
def folder(files: dict[str, str]) -> dict[str, str]:
    """The rules folder with everything lint looks at."""
    return {**files, "glossary.yaml": GLOSSARY, "protected.yaml": PROTECTED, "rulebook.lock.json": LOCK}


def issues(folder: dict[str, str], *changes: tuple[str, str]) -> list[str]:
    """What lint says of the folder with texts of the rule replaced: each issue's code and words."""
    text = folder[PATH]
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    files = {**folder, PATH: text}
    book, _ = read(files)
    return [f"{problem.code}: {problem.message}" for problem in lint(book, files)]


def test_a_whole_rule(folder: dict[str, str]) -> None:
    """Nothing is found in a rule without flaws, with or without the other files."""
    assert issues(folder) == []
    assert lint(load({name: folder[name] for name in (PATH, "parameters.yaml")}), {}) == []


@pytest.mark.parametrize(("old", "new", "issue"), [
    ('{source: dialoogdocument, theme: "5", quote: overbruggingszorg}', "{source: x}",
     "norm-place: norms[0] names a source without a place in it."),
    ("[T5-09]", "[]", "obligation: A norm watches at least one obligation."),
    ("[T5-09]", "[T5-9]", "obligation: T5-9 does not read like the id of an obligation."),
    ("[T5-09]", "[T5-09, T5-09]", "obligation: T5-09 stands there twice."),
    ("{open_days} days", "some days",
     "placeholders: message.en lacks {open_days}, which the other language shows."),
    ("{open_days} dagen", "dagen",
     "placeholders: message.nl lacks {open_days}, which the other language shows."),
    ("nl: Zorg", 'nl: "{open_days}"', "placeholders: Only the message can show values, not clears."),
    ("nl: Zorg", "nl: Care", "language: clears is the same in both languages."),
    ("nl: Zorg", "nl: TODO", "language: clears.nl is still to be filled in."),
    ("en: Sometimes", "en: …", "language: limits.en is still to be filled in."),
    ("source: dialoogdocument", "source: TODO", "language: norms[0].source is still to be filled in."),
    ("limits: [{nl: Soms, en: Sometimes}]", "limits: []", "limits: The rule does not say when it errs."),
    ("nl: Zorg", "nl: Geen bevindingen meer", "word: clears.nl says 'bevindingen'."),
    ("nl: Soms", "nl: Alles IN  ORDE.", "word: limits.nl says 'IN  ORDE'."),
    ("en: Care", "en: A violation", "word: clears.en says 'violation'."),
    ("conditions:\n", "  spare: as_of\nconditions:\n", "unused: let.spare is used nowhere."),
    ("applies_when: waiting\n", "", "unused: conditions.waiting is used nowhere."),
    ("waiting", "nationality_known",
     "protected: 'nationality_known' stands for nationality, which no rule may use."),
    ("waiting", "ras", "protected: 'ras' stands for nationality, which no rule may use."),
    ("r.refused_on is None", "r.service == 'nationality'",
     "protected: 'nationality' stands for nationality, which no rule may use."),
    ("conditions.gap: >", "conditions.gap: >>",
     "equivalent-mutant: There is no mutant 'conditions.gap: >> → <='."),
    ("param.bridge_start_days", "1", "number-unused: No rule uses the number bridge_start_days."),
    ("name: nothing known of bridging", "name: one day too many",
     "example-name: 2 examples are called 'one day too many'."),
    ("outcome: not_assessable", "outcome: compliant",
     "example-outcome: No example shows the outcome not_assessable."),
    ("outcome: not_applicable", "outcome: compliant",
     "example-outcome: The rule has applies_when, and no example shows the outcome not_applicable."),
    ("{subject: referral/r2", "{rule: ACC-01, subject: referral/r2",
     "example-expect: It expects something of ACC-01."),
    ("{subject: referral/r2", "{subject: bridging/b2",
     "example-expect: The subject bridging/b2 does not read referral/…"),
    ("{subject: referral/r2", "{subject: referral/r9", "example-expect: The facts do not name r9."),
    ("      bridging:\n", "      bridgin:\n", "example-facts: bridgin is no entity that can be delivered."),
    ("      contract: [{", "      contract: {}\n      client: [{",
     "example-facts: contract must be a list of rows."),
    ("      contract: [{", "      client: [{", "example-facts: 'one day too many' has no contract."),
    ("    expect: [{", "    lacks: {bridgin: [id]}\n    expect: [{",
     "example-facts: The facts bring no bridgin."),
    ("    expect: [{", "    lacks: {referral: [servic]}\n    expect: [{",
     "example-facts: referral has no column servic that can be lacking."),
    ("    as_of: 2027-03-10\n", "", "key-missing: examples[0].as_of is missing."),
    ("name: gap-in-bridging-care", "name: other", "id-reused: BRG-02 was the id of gap-in-bridging-care."),
])  # fmt: skip
def test_issues(folder: dict[str, str], old: str, new: str, issue: str) -> None:
    """Each check names the flaw it is for."""
    assert issue in issues(folder, (old, new))


def test_a_number_day_without_numbers(folder: dict[str, str]) -> None:
    """A rule that uses no number has no day of numbers."""
    changes = (("param.bridge_start_days", "1"), ("param.gap_days", "1"))
    assert "number-day: number_day is given, and the rule uses no number." in issues(folder, *changes)


def test_a_column_that_was_not_delivered(folder: dict[str, str]) -> None:
    """An example may say which columns did not come; that is no flaw."""
    assert issues(folder, ("    expect: [{", "    lacks: {referral: [refused_on]}\n    expect: [{")) == []


def test_withdrawn_rules_are_left_alone(folder: dict[str, str]) -> None:
    """A withdrawn rule stands for its id only; nobody mends it. Its numbers are no longer needed."""
    assert issues(folder, ("stage: active", "stage: withdrawn"), ("nl: Zorg", "nl: bevinding")) == [
        "number-unused: No rule uses the number bridge_start_days.",
        "number-unused: No rule uses the number gap_days.",
    ]


def test_unreadable_logic_and_braces(folder: dict[str, str]) -> None:
    """Lint goes on where an expression or a message cannot be read."""
    found = issues(folder, ("flag_when: gap", "flag_when: '((('"), ("{open_days} days", "{open_days days"))
    assert "placeholders: message.en lacks {open_days}, which the other language shows." in found


def test_places(folder: dict[str, str]) -> None:
    """An issue has the file and line of what it is about, and the cure."""
    folder[PATH] = folder[PATH].replace("[T5-09]", "[T5-9]").replace("r2, outcome", "r9, outcome")
    assert [str(problem) for problem in lint(load(folder), folder)] == [
        f"{PATH}:13: T5-9 does not read like the id of an obligation. For example: T5-09 or CS-21.",
        f"{PATH}:51: The facts do not name r9.",
    ]


@pytest.mark.parametrize(("name", "text", "issue"), [
    ("glossary.yaml", "a: b: c", "yaml-syntax"),
    ("glossary.yaml", GLOSSARY.replace("nl: vraagpunt", "n: x"), "key-missing"),
    ("rulebook.lock.json", "{", "lock"),
    ("rulebook.lock.json", '{"rules": {"BRG-02": {}}}', "lock"),
    ("rulebook.lock.json", LOCK.replace('BRG-02"', 'BRG-01"'), "id-removed"),
    ("rulebook.lock.json", LOCK.replace("active", "withdrawn"), "id-revived"),
])  # fmt: skip
def test_the_other_files(folder: dict[str, str], name: str, text: str, issue: str) -> None:
    """Flaws in the glossary and the lock are issues too."""
    book = load(folder)
    assert issue in [problem.code for problem in lint(book, {**folder, name: text})]
