"""Commands, groups and options as all of this command line uses them: lazy, in two languages, with defaults
from the environment and compliance.toml.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

import click

from compliance.reporting.words import Lang
from compliance.services.config import CONFIG_FILE, read_config
from compliance.services.content import help_words

PREFIX = "COMPLIANCE"
_Function = TypeVar("_Function", bound=Callable[..., Any])


def option(*names: str, **settings: Any) -> Callable[[_Function], _Function]:
    """An option that COMPLIANCE_<NAME> sets too, with its help in the content file."""
    long = next(name for name in names if name.startswith("--"))
    variable = f"{PREFIX}_{long.partition('/')[0].strip('-').replace('-', '_').upper()}"
    settings.setdefault("envvar", variable)
    settings.setdefault("help", long.partition("/")[0].strip("-"))
    return click.option(*names, cls=Option, **settings)


class Option(click.Option):
    """An option whose help is the key of a text (`option.*` in help.yaml)."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        key, self.help = self.help, help_text("option", self.help or "", ctx)
        try:
            return super().get_help_record(ctx)
        finally:
            self.help = key


class _Worded:
    """What commands and groups share: help in the reader's language, and the shared options."""

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        found: click.Option | None = super().get_help_option(ctx)  # type: ignore[misc]
        if found is not None:
            found.help = help_text("option", "help", ctx)
        return found

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        pieces = " ".join(self.collect_usage_pieces(ctx))  # type: ignore[attr-defined]
        formatter.write_usage(ctx.command_path, pieces, prefix=f"{help_text('', 'usage', ctx)}: ")

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        name = " ".join(ctx.command_path.split()[1:]) or "main"
        for part in ("about", "more"):
            text = help_text(name, part, ctx)
            if text:
                formatter.write_paragraph()
                with formatter.indentation():
                    formatter.write_text(text)


class Command(_Worded, click.Command):
    """A command of this line."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        _write_options(self, ctx, formatter)


class Group(_Worded, click.Group):
    """Commands by name, each at a place (module:name) that is imported when needed."""

    def __init__(self, *args: Any, modules: Mapping[str, str], **settings: Any) -> None:
        super().__init__(*args, **settings)
        self._modules = modules

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(self._modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        place = self._modules.get(cmd_name)
        if place is None:
            return None
        module, _, name = place.partition(":")
        found: click.Command = getattr(import_module(module), name)
        return found

    def invoke(self, ctx: click.Context) -> Any:
        if ctx.parent is None:
            ctx.default_map = {**config_defaults(self, ctx), **(ctx.default_map or {})}
        return super().invoke(ctx)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        _write_options(self, ctx, formatter)
        prefix = ctx.command_path.split()[1:]
        rows = [(name, help_text(" ".join([*prefix, name]), "about", ctx)) for name in self._modules]
        with formatter.section(help_text("", "commands", ctx)):
            formatter.write_dl(rows)


def _write_options(command: click.Command, ctx: click.Context, formatter: click.HelpFormatter) -> None:
    options = [item for item in command.get_params(ctx) if isinstance(item, click.Option)]
    records = [record for item in options if (record := item.get_help_record(ctx))]
    if records:
        with formatter.section(help_text("", "options", ctx)):
            formatter.write_dl(records)


def help_text(group: str, key: str, ctx: click.Context) -> str:
    """A text of help.yaml in the reader's language; empty when there is none."""
    words = help_words()
    name = f"{group}.{key}" if group else key
    return words.get(name, language(ctx)).strip() if words.has(name) else ""


def language(ctx: click.Context) -> Lang:
    """The language asked for on any level of the command, else by the environment, else Dutch."""
    return known_language(ctx.find_root().meta.get(f"{PREFIX}.lang"))


def known_language(asked: object) -> Lang:
    """The language asked for, else that of the environment, else Dutch."""
    return "en" if (asked or os.environ.get(f"{PREFIX}_LANG")) == "en" else "nl"


def config_defaults(group: Group, ctx: click.Context) -> dict[str, Any]:
    """Defaults of compliance.toml for every command.

    Raises: UsageError for a file that names an unknown command or option.
    """
    path = Path(CONFIG_FILE)
    if not path.is_file():
        return {}
    commands = _commands(group, ctx)
    options = {name: _options(command, ctx) for name, command in commands.items()}
    found = read_config(path, options)
    return {name: _defaults(commands[name], values, ctx) for name, values in found.items()}


def _commands(group: click.Group, ctx: click.Context) -> dict[str, click.Command]:
    found = {name: group.get_command(ctx, name) for name in group.list_commands(ctx)}
    return {name: command for name, command in found.items() if command is not None}


def _options(command: click.Command, ctx: click.Context) -> dict[str, str]:
    """The options of a command and of those below it, each with the name of its parameter."""
    below = _commands(command, ctx).values() if isinstance(command, click.Group) else ()
    found = {name: parameter for each in below for name, parameter in _options(each, ctx).items()}
    own = (item for item in command.params if isinstance(item, click.Option))
    return found | {item.opts[0].strip("-"): str(item.name) for item in own}


def _defaults(command: click.Command, values: Mapping[str, Any], ctx: click.Context) -> dict[str, Any]:
    """The values by parameter (--format is `form`), and again for each command below that has the option."""
    names = {option.replace("-", "_"): parameter for option, parameter in _options(command, ctx).items()}
    found: dict[str, Any] = {names[key]: value for key, value in values.items() if key in names}
    if isinstance(command, click.Group):
        for name, below in _commands(command, ctx).items():
            found[name] = _defaults(below, values, ctx)
    return found


def keep_language(ctx: click.Context, value: str) -> None:
    """From now on this is the language of the whole call, also (through `obj`) of what stops it."""
    root = ctx.find_root()
    root.meta[f"{PREFIX}.lang"] = value
    if isinstance(root.obj, dict):
        root.obj["lang"] = value


def _keep_language(ctx: click.Context, _: click.Parameter, value: str | None) -> str | None:
    if value:
        keep_language(ctx, value)
    return value


def _keep(name: str) -> Callable[[click.Context, click.Parameter, Any], Any]:
    def keep(ctx: click.Context, _: click.Parameter, value: Any) -> Any:
        if value:
            ctx.find_root().meta[f"{PREFIX}.{name}"] = value
        return value

    return keep


def setting(ctx: click.Context, name: str) -> Any:
    """A shared option's value, wherever on the line it was given."""
    return ctx.find_root().meta.get(f"{PREFIX}.{name}")


SHARED: Sequence[Callable[[Any], Any]] = (
    option(
        "--lang", type=click.Choice(["nl", "en"]), is_eager=True, expose_value=False, callback=_keep_language
    ),
    option("--no-color", is_flag=True, expose_value=False, callback=_keep("no_color")),
    option(
        "--log-format",
        type=click.Choice(["json", "console"]),
        expose_value=False,
        callback=_keep("log_format"),
    ),
    option(
        "--log-level",
        type=click.Choice(["debug", "info", "warning", "error"]),
        expose_value=False,
        callback=_keep("log_level"),
    ),
)


def shared_options(function: _Function) -> _Function:
    """Adds the options that every command has."""
    for add in reversed(SHARED):
        function = add(function)
    return function
