"""The outermost edge: exit codes of the process, and no traceback for bad input."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from compliance.cli.edge import problem_lines
from compliance.errors import InputError, Problem

PROGRAM = "from compliance.cli import main; main()"
CASE = "as_of: 2027-06-01\nfacts:\n  contract: []\n"


def run(*arguments: str, stdin: bytes = b"", cwd: Path, **env: str) -> subprocess.CompletedProcess[bytes]:
    """The command as a process of its own."""
    root = str(Path(__file__).parent.parent.parent)
    return subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", PROGRAM, *arguments],
        input=stdin, capture_output=True, check=False, cwd=cwd,
        env={**os.environ, "PYTHONPATH": root, **env},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "stdin", "code"),
    [
        (["check"], b"", 2),
        (["check", "nowhere.yaml"], b"", 2),
        (["check", "-", "-r", "NOPE-1"], CASE.encode(), 2),
        (["check", "-"], CASE.encode(), 3),
        (["check", "-"], b"\xff\xfe\x00", 3),
        (["check", "-"], b"a: [1, 2", 3),
        (["check", "-"], b"a: &a [*a]", 3),
        (["check", "-"], b"!!python/object/apply:os.system [ls]", 3),
        (["check", "-"], b"facts: {}\nfacts: {}", 3),
        (["check", "-"], b"", 3),
        (["check", "-"], b"[]", 3),
        (["explain", "-", "SUB-01", "o1"], CASE.encode(), 3),
        (["nope"], b"", 2),
        (["rules", "show", "NOPE-1"], b"", 2),
        (["check", "-", "--max-not-assessable", "many"], CASE.encode(), 2),
    ],
)
def test_bad_input_has_an_exit_code_and_no_traceback(
    tmp_path: Path, arguments: list[str], stdin: bytes, code: int
) -> None:
    """2 for wrong usage, 3 for bad input; one clear line on stderr and nothing of Python."""
    done = run(*arguments, stdin=stdin, cwd=tmp_path)
    assert done.returncode == code, done.stderr
    assert done.stderr.strip()
    assert b"Traceback" not in done.stderr + done.stdout


def test_a_closed_pipe_is_no_disaster(tmp_path: Path, first: str) -> None:
    """When nobody reads on, the program stops without a word of Python."""
    command = f'"{sys.executable}" -c "{PROGRAM}" check "{first}" -f json --all | head -c 1'
    done = subprocess.run(  # noqa: S602 - a pipe is what is tested
        command, shell=True, capture_output=True, check=False, cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent.parent)},
    )  # fmt: skip
    assert b"Traceback" not in done.stderr
    assert b"BrokenPipe" not in done.stderr


def test_a_key_is_never_shown(tmp_path: Path, first: str) -> None:
    """A wrong pseudonym key is refused without printing it."""
    done = run("check", first, cwd=tmp_path, COMPLIANCE_PSEUDONYM_KEY="secret-value")
    assert done.returncode == 2
    assert b"secret-value" not in done.stderr
    assert b"COMPLIANCE_PSEUDONYM_KEY" in done.stderr


def test_every_problem_is_on_a_line_of_its_own() -> None:
    """Several problems are listed and counted."""
    error = InputError([Problem("a:1", "x", "First."), Problem("b:2", "x", "Second.", "Do this.")])
    assert problem_lines(error) == ["error: a:1: First.", "error: b:2: Second. Do this.", "2 errors"]


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "America/Adak"])
def test_time_zone_and_locale_change_no_byte(tmp_path: Path, first: str, zone: str) -> None:
    """Wherever the machine thinks it is, the answer is the same."""
    one = run("check", first, "-f", "json", cwd=tmp_path, TZ="UTC", PYTHONHASHSEED="1")
    other = run("check", first, "-f", "json", cwd=tmp_path, TZ=zone, LC_ALL="C", PYTHONHASHSEED="2")
    assert one.stdout == other.stdout
