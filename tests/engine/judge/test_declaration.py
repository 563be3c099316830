"""Declarations are read from text, and every flaw is told with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from compliance.engine.judge import read_declarations

FOLDER = Path(__file__).parents[3] / "rules" / "judgement"
WORDS = "title: {nl: a, en: b}\nwhy: {nl: a, en: b}\n"


def pair(name: str, one: str, other: str) -> str:
    """A declaration that `one` follows from `other`."""
    head = f"name: {name}\nkind: follows_from\nconsequence: {one}\ncause: {other}\n"
    return head + "subjects: same_subject\n" + WORDS


def flaws(*texts: str, rules: tuple[str, ...] | None = None) -> list[str]:
    """The flaws in these files, each as place, code and hint."""
    files = {f"{number}.yaml": text for number, text in enumerate(texts)}
    return [f"{flaw.place} {flaw.code} {flaw.hint}".strip() for flaw in read_declarations(files, rules)[1]]


def test_shipped_declarations_have_no_flaw() -> None:
    """Every declaration that ships is right, and there is one of each kind at least."""
    files = {path.name: path.read_text("utf-8") for path in FOLDER.glob("*.yaml")}
    found, problems = read_declarations(files, {"SUB-02", "SUB-03"})
    assert problems == []
    assert all((found.exceptions, found.steps, found.pairs, found.dossiers))


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        ("name: a\nkind: dosier\n" + WORDS, "0.yaml:2 word-unknown Did you mean dossier?"),
        ("name: a\n" + WORDS, "0.yaml:1 word-unknown One of: exception, severity, follows_from, dossier."),
        ("kind: exception\n" + WORDS, "0.yaml:1 key-missing"),
        ("name: a\nkind: exception\n" + WORDS + "tilte: x\n", "0.yaml:5 key-unknown Did you mean title?"),
        ("name: a\nkind: exception\ntitle: {nl: a}\nwhy: {nl: a, en: b}\n", "0.yaml:3 key-missing"),
        ("name: a\nkind: dossier\nfamilies: 9\nseverity: high\n" + WORDS, "0.yaml:3 value"),
        (
            "name: true\nkind: exception\n" + WORDS,
            '0.yaml:1 value YAML would make true a yes/no value: put quotes around it: "true".',
        ),
        ("name: a\nkind: dossier\nfamilies: 1\nseverity: hihg\n" + WORDS, "0.yaml:4 value"),
        (
            "name: a\nkind: exception\nwhy: {nl: a, en: b, fr: c}\ntitle: {nl: a, en: b}\n",
            "0.yaml:3 key-unknown",
        ),
        ("name: [\n", "0.yaml:2:1 yaml-syntax Check the indentation, the colons and the quotes there."),
        ("- a\n", "0.yaml:1 value"),
        (pair("a", "SUB-03", "SUB-03"), "0.yaml:4 circle"),
    ],
)
def test_flaw_has_its_line_and_cure(text: str, flaw: str) -> None:
    """What is wrong in a declaration is told with file and line, and the nearest known word."""
    (found,) = flaws(text)
    assert found.startswith(flaw)


def test_unknown_rule_is_a_flaw() -> None:
    """A pair that names a rule outside the rule book is told, with the nearest rule."""
    found = flaws(pair("a", "SUB-03", "SUB-20"), rules=("SUB-02", "SUB-03"))
    assert found == ["0.yaml:4 rule-unknown Did you mean SUB-03?"]


def test_circle_of_pairs_is_a_flaw() -> None:
    """Pairs by which a rule follows from itself would hide all its findings."""
    pairs = [("a", "SUB-03", "SUB-02"), ("b", "SUB-02", "SUB-01"), ("c", "SUB-01", "SUB-03")]
    found = flaws(*(pair(name, one, other) for name, one, other in pairs))
    assert [flaw.split()[1] for flaw in found] == ["circle"] * 3


def test_equal_names_and_too_many_are_flaws() -> None:
    """Names are given once, and there are never more declarations than the rule engine can hold."""
    found = flaws(*["name: a\nkind: exception\n" + WORDS] * 31)
    assert sorted({flaw.split()[1] for flaw in found}) == ["equal-names", "too-many"]
