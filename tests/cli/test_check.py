"""`compliance check` on the command line."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from click import BadParameter
from click.testing import Result

from compliance.errors import UsageError

Call = Callable[..., Result]


def test_check_answers_on_stdout_and_tells_its_reason_on_stderr(call: Call, first: str) -> None:
    """Data goes to stdout, one reason to stderr, and the exit code is the value of the call."""
    result = call("check", first)
    assert result.return_value == 1
    assert result.stderr == "1 vraagpunt op of boven ter informatie.\n"
    assert "SUB-01" in result.stdout
    assert result.stdout.splitlines()[-1].startswith("27 beoordelingen door ")


def test_check_reads_stdin(call: Call, first: str) -> None:
    """`-` is standard input."""
    result = call("check", "-", "-f", "json", input=Path(first).read_bytes())
    assert json.loads(result.stdout)["counts"]["finding"] == 1


def test_check_speaks_english_when_asked(call: Call, first: str) -> None:
    """--lang holds before or after the command, and COMPLIANCE_LANG does too."""
    for arguments in (("--lang", "en", "check", first), ("check", first, "--lang", "en")):
        assert call(*arguments).stdout.startswith("Check of the contract")
    assert call("check", first, env={"COMPLIANCE_LANG": "en"}).stdout.startswith("Check of the contract")


def test_options_beat_environment_which_beats_the_file(call: Call, first: str, tmp_path: Path) -> None:
    """compliance.toml, then COMPLIANCE_…, then the option."""
    (tmp_path / "compliance.toml").write_text('[check]\nfail-on = "critical"\nformat = "json"\n')
    assert json.loads(call("check", first).stdout)["contract"] == "c1"
    assert call("check", first, env={"COMPLIANCE_FORMAT": "csv"}).stdout.startswith("rule,")
    assert call("check", first, "-f", "md", env={"COMPLIANCE_FORMAT": "csv"}).stdout.startswith("# ")


def test_a_file_with_an_unknown_option_is_refused(call: Call, first: str, tmp_path: Path) -> None:
    """A typo in compliance.toml stops the run."""
    (tmp_path / "compliance.toml").write_text('[check]\nfial-on = "high"\n')
    assert isinstance(call("check", first).exception, UsageError)


def test_the_gate_decides_the_exit_code(call: Call, trouble: Path) -> None:
    """A case with expectations ends with 0 when they hold, whatever the gate."""
    path = str(trouble / "staff.yaml")
    assert call("check", path, "--fail-on", "low").return_value == 0


def test_nothing_assessed_is_never_green(call: Call, first: str) -> None:
    """A rule that nothing could be said about ends with 4."""
    assert call("check", first, "-r", "COV-01").return_value == 4
    assert call("check", first, "-r", "FIN-*").return_value == 4


def test_a_refused_row_ends_with_three(call: Call, first: str) -> None:
    """What could be judged is printed, the refusal too."""
    text = Path(first).read_text(encoding="utf-8").replace("hours: 2}", "hours: 2.00001}")
    result = call("check", "-", input=text.encode())
    assert result.return_value == 3
    assert "facts.delivery[0]" in result.stdout
    assert "Niet volledig" in result.stderr


def test_output_is_written_whole_or_not_at_all(call: Call, first: str, tmp_path: Path) -> None:
    """--output leaves nothing on stdout and no other file; a place that cannot be written is told."""
    result = call("check", first, "-f", "xlsx", "-o", "answer.xlsx")
    assert result.stdout == ""
    assert [path.name for path in tmp_path.iterdir()] == ["answer.xlsx"]
    assert (tmp_path / "answer.xlsx").read_bytes()[:2] == b"PK"
    assert isinstance(call("check", first, "-o", str(tmp_path)).exception, UsageError)
    assert isinstance(call("check", first, "-o", "nowhere/answer.txt").exception, UsageError)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--as-of", "2027-6-1"],
        ["--as-of", "2027-02-30"],
        ["--known-at", "2027-06-02"],
        ["--compartment", "secret"],
        ["--format", "pdf"],
        ["--fail-on", "fatal"],
        ["--nope"],
    ],
)
def test_wrong_usage_is_told_by_the_option(call: Call, first: str, arguments: list[str]) -> None:
    """An option or value that does not exist is a usage error."""
    result = call("check", first, *arguments)
    assert result.exception is not None
    assert getattr(result.exception, "exit_code", None) == 2


def test_known_at_is_kept_in_the_answer(call: Call, first: str) -> None:
    """The moment is shown in UTC."""
    result = call("check", first, "-f", "json", "--known-at", "2027-06-02T02:00:00+02:00")
    assert json.loads(result.stdout)["known_at"] == "2027-06-02T00:00:00Z"


def test_all_adds_the_other_outcomes(call: Call, first: str) -> None:
    """--all lists what is compliant or not applicable; the counts stay the same."""
    short = json.loads(call("check", first, "-f", "json").stdout)
    whole = json.loads(call("check", first, "-f", "json", "--all").stdout)
    assert short["counts"] == whole["counts"]
    assert {result["outcome"] for result in short["results"]} == {"finding", "not_assessable"}
    assert len(whole["results"]) == sum(whole["counts"].values())


def test_compartments_in_fixed_order(call: Call, first: str) -> None:
    """`all`, or several in any order, are shown in one order."""
    for asked in (["all"], ["bibob", "contract", "supervision"]):
        arguments = [part for name in asked for part in ("--compartment", name)]
        shown = json.loads(call("check", first, "-f", "json", *arguments).stdout)
        assert shown["compartments"] == ["contract", "supervision", "bibob"]


def test_unknown_variable_is_told(call: Call, first: str) -> None:
    """A variable of ours that does not exist is named with the closest one, never with its value."""
    done = call("check", first, env={"COMPLIANCE_AS_OFF": "2020-01-01", "COMPLIANCE_LANG": "en"})
    assert done.return_value == 1
    assert "COMPLIANCE_AS_OFF" in done.stderr
    assert "closest=COMPLIANCE_AS_OF" in done.stderr
    assert "2020-01-01" not in done.stderr
    assert "COMPLIANCE_LANG" not in done.stderr


@pytest.mark.parametrize("output", ["nowhere/answer.txt", "file/answer.txt", "."])
def test_unwritable_output_is_told_before_judging(call: Call, output: str) -> None:
    """Where no file can be written the call stops at once: not even the facts are opened."""
    Path("file").write_text("x")
    with pytest.raises(UsageError) as caught:
        call("check", "no-such-facts.yaml", "-o", output, catch_exceptions=False)
    assert [(problem.place, problem.code) for problem in caught.value.problems] == [(output, "output")]


def test_a_pipe_is_written_through_and_stays_a_pipe(call: Call, first: str, tmp_path: Path) -> None:
    """A named pipe or a device given as --output gets the answer and is not replaced by a file."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor(1) as readers:
        read = readers.submit(pipe.read_bytes)
        result = call("check", first, "-f", "json", "-o", str(pipe))
        assert json.loads(read.result())["schema_version"] == 1
    assert result.stdout == ""
    assert pipe.is_fifo()


def test_memory_and_folder_are_asked_for(call: Call, first: str, tmp_path: Path) -> None:
    """A bounded run answers the same and leaves nothing in the folder; a wrong size or folder is told."""
    plain = call("check", first, "-f", "json").stdout
    bounded = call("check", first, "-f", "json", "--memory-limit", "1GiB", "--spill-folder", str(tmp_path))
    assert bounded.stdout == plain
    assert not list(tmp_path.glob("compliance-*"))
    assert call("check", first, "-f", "json", env={"COMPLIANCE_MEMORY_LIMIT": "512MB"}).stdout == plain
    assert isinstance(call("check", first, "--memory-limit", "lots").exception, BadParameter)
    for wrong in (["--memory-limit", "1MB"], ["--spill-folder", str(tmp_path / "no")]):
        assert isinstance(call("check", first, *wrong).exception, UsageError)
