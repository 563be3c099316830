"""Reads `compliance.toml` of the working directory: defaults for options; unknown ones are refused."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Any

from compliance.errors import Problem, UsageError, closest

CONFIG_FILE = "compliance.toml"
Values = bool | int | str | list[str]


def read_config(path: Path, commands: Mapping[str, Collection[str]]) -> dict[str, dict[str, Any]]:
    """Per command the default of each option named in the file; nothing when there is no file.

    A key at the top holds for every command that has the option; a table [command] for that one alone.
    `commands` gives the options of each command, without dashes in front.

    Raises: UsageError with every unknown or wrongly written key.
    """
    if not path.is_file():
        return {}
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        message = f"This is not a TOML file that can be read: {error}."
        raise UsageError(Problem(path.name, "config-syntax", message)) from None
    problems: list[Problem] = []
    defaults: dict[str, dict[str, Any]] = {command: {} for command in commands}
    everywhere = {option for options in commands.values() for option in options}
    for key, value in data.items():
        if isinstance(value, dict):
            problems += _table(path.name, key, value, commands, defaults)
        elif (problem := _flaw(path.name, key, value, everywhere)) is not None:
            problems.append(problem)
        else:
            _set(key, value, (name for name in commands if key in commands[name]), defaults, first=False)
    if problems:
        raise UsageError(problems)
    return {command: values for command, values in defaults.items() if values}


def _table(
    file: str,
    command: str,
    table: Mapping[str, Any],
    commands: Mapping[str, Collection[str]],
    defaults: dict[str, dict[str, Any]],
) -> list[Problem]:
    if command not in commands:
        message = f"[{command}] is not a command."
        return [Problem(file, "config-command", message, closest(command, commands))]
    problems = []
    for key, value in table.items():
        problem = _flaw(f"{file} [{command}]", key, value, commands[command])
        if problem is None:
            _set(key, value, (command,), defaults, first=True)
        else:
            problems.append(problem)
    return problems


def _flaw(place: str, key: str, value: object, known: Collection[str]) -> Problem | None:
    if key not in known:
        hint = closest(key, known) or f"Known: {', '.join(sorted(known))}."
        return Problem(place, "config-key", f"{key} is not an option.", hint)
    items = value if isinstance(value, list) else [value]
    if not all(isinstance(item, bool | int | str) for item in items):
        hint = 'Write a day as text: as-of = "2027-06-01".'
        return Problem(place, "config-value", f"{key} must be text, a whole number, true or false.", hint)
    return None


def _set(
    key: str, value: Values, names: Iterable[str], defaults: dict[str, dict[str, Any]], *, first: bool
) -> None:
    """A command's own table goes before the top of the file."""
    for name in names:
        values = defaults[name]
        parameter = key.replace("-", "_")
        if first or parameter not in values:
            values[parameter] = value
