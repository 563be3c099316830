"""Puts an answer where it was asked for: stdout, or a file that is whole or not there at all."""

from __future__ import annotations

import errno
import os
import shutil
import stat
import sys
import tempfile
from pathlib import Path

import click

from compliance.cli.command import setting
from compliance.errors import Problem, UsageError

WIDEST = 120
PIPED = 100


def put(content: bytes, output: Path | None) -> None:
    """Written to stdout, or aside and then renamed to `output`; a device or pipe is written to as it is.

    Raises: UsageError when the file cannot be written.
    """
    if output is None:
        stream = sys.stdout.buffer if hasattr(sys.stdout, "buffer") else None
        if stream is None:
            sys.stdout.write(content.decode("utf-8"))
        else:
            sys.stdout.flush()
            stream.write(content)
            stream.flush()
        return
    try:
        if _is_special(output):
            output.write_bytes(content)
        else:
            _write_aside(content, output)
    except OSError as error:
        raise _unwritable(output, error) from None


def refuse_unwritable(output: Path | None) -> None:
    """Said before anything is judged: whoever asks for a file there would wait for nothing.

    Raises: UsageError when `output` is a folder, or its folder is not there or may not be written in.
    """
    try:
        if output is not None and not _is_special(output):
            _check_place(output)
    except OSError as error:
        raise _unwritable(output, error) from None


def _is_special(output: Path) -> bool:
    """Whether it is there and neither a file nor a folder: renaming over /dev/null would take it away."""
    return output.exists() and not output.is_file() and not output.is_dir()


def _check_place(output: Path) -> None:
    if output.is_dir():
        raise IsADirectoryError(None, "it is a folder")
    if not stat.S_ISDIR(output.parent.stat().st_mode):
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR))
    if not os.access(output.parent, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


def _unwritable(output: Path | None, error: OSError) -> UsageError:
    message = f"This file cannot be written: {error.strerror or 'unknown reason'}."
    return UsageError(Problem(str(output), "output", message, "Choose another place."))


def _write_aside(content: bytes, output: Path) -> None:
    _check_place(output)
    handle, name = tempfile.mkstemp(dir=output.parent, prefix=f".{output.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o666 & ~_umask())
        Path(name).replace(output)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def refuse_binary_terminal(output: Path | None) -> None:
    """A workbook is not thrown at a terminal.

    Raises: UsageError when it would be.
    """
    if output is None and sys.stdout.isatty():
        message = "A workbook cannot be shown in a terminal."
        raise UsageError(Problem("--format", "output", message, "Name a file: --output answer.xlsx."))


def wants_colour(ctx: click.Context, output: Path | None) -> bool:
    """Whether the reader's terminal shows colour and nobody asked to leave it out."""
    plain = setting(ctx, "no_color") or os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return not plain and output is None and sys.stdout.isatty()


def text_width(output: Path | None) -> int:
    """How wide text may be: the terminal, within reason; one fixed width everywhere else."""
    if output is None and sys.stdout.isatty():
        return max(40, min(WIDEST, shutil.get_terminal_size().columns))
    return PIPED
