"""The files beside the entities: the settings and the list of findings; and the folder itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import get_args

from compliance.errors import Problem, UsageError
from compliance.model.schema import delivered_entities
from compliance.services.generate.numbers import example_numbers
from compliance.services.generate.size import Format
from compliance.services.generate.world import World

SETTINGS_FILE = "parameters.yaml"
EXPECTED_FILE = "expected.jsonl"


def prepare(out: Path) -> None:
    """The folder exists and holds no file of an earlier data set.

    Raises: UsageError when it is no folder, or holds files that no data set has.
    """
    if out.exists() and not out.is_dir():
        raise UsageError(
            Problem(place=str(out), code="output", message="This is a file.", hint="Name a folder.")
        )
    out.mkdir(parents=True, exist_ok=True)
    known = {f"{name}.{suffix}" for name in delivered_entities() for suffix in get_args(Format)}
    known |= {SETTINGS_FILE, EXPECTED_FILE}
    present = {path.name for path in out.iterdir()}
    if present - known:
        stranger = min(present - known)
        raise UsageError(
            Problem(
                place=str(out),
                code="output",
                message=f"The folder holds other files, such as {stranger}.",
                hint="Name a new or empty folder.",
            )
        )
    for name in present:
        (out / name).unlink()


def write_settings(out: Path, as_of: date) -> None:
    """`parameters.yaml` holds the day to judge and the complete example set of numbers."""
    lines = [
        f"as_of: {as_of}",
        "parameters:",
        "  # Example values for numbers that nobody has agreed yet; not advice.",
    ]
    for name, value in example_numbers(as_of).items():
        if isinstance(value, Mapping):
            lines.append(f"  {name}:")
            lines.extend(f"    {code}: {number}" for code, number in value.items())
        else:
            lines.append(f"  {name}: {value}")
    (out / SETTINGS_FILE).write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_expected(out: Path, world: World) -> frozenset[tuple[str, str]]:
    """The findings as (rule, subject), after `expected.jsonl` lists them all in that order."""
    findings = [(rule, str(subject)) for rule, subject in sorted(world.expected)]
    lines = [
        json.dumps({"rule": rule, "subject": subject, "outcome": "finding"}, ensure_ascii=False)
        for rule, subject in findings
    ]
    (out / EXPECTED_FILE).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return frozenset(findings)
