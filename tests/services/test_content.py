"""The content that ships: every word exists in two languages, and every code of the program has words."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import compliance
from compliance.errors import RulebookError, UsageError
from compliance.model.schema import entities
from compliance.reporting.words import read_words
from compliance.services.content import (
    content_folder,
    help_words,
    read_rule_files,
    report_content,
    report_words,
)

PACKAGE = Path(compliance.__file__).parent


def codes(function: str, position: int) -> Iterator[str]:
    """The constant texts handed to a class of that name by the modules that read deliveries."""
    for path in (PACKAGE / "sources").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or getattr(node.func, "id", "") != function:
                continue
            argument = node.args[position] if len(node.args) > position else None
            if isinstance(argument, ast.Constant):
                yield str(argument.value)


def test_every_refusal_has_words() -> None:
    """No reader gets a bare code: each reason of refusal has a sentence."""
    words = report_words()
    assert sorted({code for code in codes("Flaw", 1) if not words.has(f"refusal.{code}")}) == []


def test_every_notice_has_words() -> None:
    """Each notice has a sentence."""
    words = report_words()
    assert sorted({code for code in codes("Notice", 0) if not words.has(f"notice.{code}")}) == []


def test_every_entity_has_a_word_and_someone_who_owes_it() -> None:
    """What is missing always has a name and a party that can bring it."""
    words = report_words()
    for name in entities():
        assert words.has(f"entity.{name}")
        assert words.has(f"party.{words.owed_by(name)}")


def test_owed_by_names_fields_that_exist() -> None:
    """The table of who owes what names no field that is not there."""
    for name in report_words().plain:
        entity, _, field = name.removeprefix("owed_by.").partition(".")
        assert entity in entities()
        assert not field or field in entities()[entity].fields


def test_a_text_in_one_language_is_refused() -> None:
    """A text that lacks a language is a flaw with its line."""
    with pytest.raises(RulebookError, match=r"words\.yaml:2: group\.one needs a text in both"):
        read_words("group:\n  one: {nl: een}\n", "words.yaml")


def test_content_is_found() -> None:
    """Rules, cases and reports are where the product looks for them."""
    assert content_folder("rules").is_dir()
    assert "parameters.yaml" in read_rule_files()
    assert {"check.html.j2", "explain.html.j2", "report.css"} <= set(report_content().templates)
    assert help_words().has("main.about")


def test_a_rule_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    """A wrong folder is a usage error."""
    with pytest.raises(UsageError, match="not there"):
        read_rule_files(tmp_path / "nowhere")


def test_a_rule_file_that_is_not_utf8_is_told(tmp_path: Path) -> None:
    """A file that cannot be read as text is named."""
    (tmp_path / "a.yaml").write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match=r"a\.yaml: .*UTF-8"):
        read_rule_files(tmp_path)
