"""The other commands, and help for all of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from click.testing import Result

from compliance.cli.app import main
from compliance.cli.command import Group
from compliance.cli.completing import complete_rule

Call = Callable[..., Result]


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every command of the line, by its words."""
    context = click.Context(group)
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        yield (*path, name)
        if isinstance(found, Group):
            yield from commands(found, (*path, name))


@pytest.mark.parametrize("path", list(commands(main)), ids=" ".join)
@pytest.mark.parametrize("lang", ["nl", "en"])
def test_every_command_and_option_has_help(call: Call, path: tuple[str, ...], lang: str) -> None:
    """Help says what the command does and what each option means, in both languages."""
    text = call(*path, "--lang", lang, "--help").stdout
    heads = {"nl": ("Gebruik: ", "Opties:"), "en": ("Usage: ", "Options:")}
    assert all(head in text for head in heads[lang])
    lines = text.splitlines()
    assert lines[2].strip()
    for number, line in enumerate(lines):
        if line.startswith("  -") and "  " not in line.strip():
            assert lines[number + 1].startswith(" " * 20), line


def test_help_lists_only_what_exists(call: Call) -> None:
    """Verbs of later are not shown."""
    text = call("--help").stdout
    assert all(
        name in text for name in ("check", "explain", "rules", "graph", "generate", "demo", "completion")
    )
    assert "serve" not in text


def test_exit_codes_stand_in_the_help(call: Call) -> None:
    """The table of exit codes is in --help."""
    text = " ".join(call("check", "--lang", "en", "--help").stdout.split())
    assert "0 complete" in text
    assert "4 complete, but more is not assessable" in text


def test_explain_prints_the_proof(call: Call, first: str) -> None:
    """The proof names conditions, facts with their row, and the norm."""
    result = call("explain", first, "SUB-01", "organisation/o2")
    assert result.return_value == 0
    text = " ".join(result.stdout.split())
    assert "not_declared = waar" in text
    assert "facts.delivery[1]" in text
    assert "Norm" in text


def test_graph_draws_text_and_svg(call: Call, trouble: Path) -> None:
    """The picture has a text and an SVG form; an unknown organisation is refused."""
    path = str(trouble / "integrity.yaml")
    assert "Domstad Begeleiding" in call("graph", path, "organisation/o2").stdout
    svg = call("graph", path, "o2", "-f", "svg").stdout
    assert svg.startswith("<svg")
    assert "<title" in svg
    assert getattr(call("graph", path, "o77").exception, "exit_code", None) == 2


def test_rules_list_and_show(call: Call) -> None:
    """The list has every rule with its severity; a rule shows its page."""
    assert "SUB-01" in call("rules", "list").stdout
    records = json.loads(call("rules", "list", "-f", "json").stdout)
    assert {"ACC-01", "SRO-06"} <= {record["id"] for record in records}
    assert "# SUB-01" in call("rules", "show", "sub-01").stdout


def test_rules_schema_is_json(call: Call) -> None:
    """The schema for editors is JSON Schema."""
    assert "$schema" in json.loads(call("rules", "schema").stdout)


def test_rules_test_runs_examples_and_mutants(call: Call) -> None:
    """One rule's examples and mutants are all caught, and counted."""
    result = call("rules", "test", "ACC-01", "--lang", "en")
    assert result.return_value == 0, result.stdout
    assert "0 flaws" in result.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script(call: Call, shell: str) -> None:
    """Each shell gets its script."""
    assert "_COMPLIANCE_COMPLETE" in call("completion", shell).stdout


def test_generate_then_check_finds_what_was_planted(call: Call) -> None:
    """The findings are exactly those that expected.jsonl lists."""
    made = call("generate", "--clients", "100", "--deliveries", "1000", "--out", "made")
    assert made.return_value == 0, made.output
    answer = json.loads(call("check", "made", "--compartment", "all", "-f", "json").stdout)
    found = {
        (item["rule"], item["subject"]["entity"], item["subject"]["id"])
        for item in answer["results"]
        if item["outcome"] == "finding"
    }
    lines = Path("made/expected.jsonl").read_text(encoding="utf-8").splitlines()
    expected = [json.loads(line) for line in lines]
    assert len(found) == len(expected)
    assert answer["failures"] == []


def test_rule_ids_are_completed() -> None:
    """The shell fills in rule ids, also for small letters; of anything else nothing."""
    context, parameter = click.Context(main), click.Argument(["rule"])
    assert [item.value for item in complete_rule(context, parameter, "brg")] == [
        f"BRG-0{number}" for number in range(1, 6)
    ]
    assert complete_rule(context, parameter, "x") == []
