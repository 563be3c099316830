"""Who is told of a night, how, and what they may see: `recipients.yaml` in the store's folder.

`inside` names the domains that are the municipality's own; nobody beyond them can be a recipient.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from ipaddress import ip_address
from pathlib import Path
from typing import Literal
from urllib.parse import SplitResult, urlsplit

from pydantic import Field, ValidationError

from compliance.errors import InputError, Problem, UsageError
from compliance.model.entities import Compartment
from compliance.model.rule import Content, Line, Severity
from compliance.reporting.words import Lang
from compliance.rulebook.flaws import model_problems
from compliance.yaml12 import read_yaml

FILE = "recipients.yaml"
Security = Literal["starttls", "tls", "none"]


class Post(Content):
    """The mail server; `none` sends in the clear and without credentials, on this machine only."""

    host: Line
    port: int = Field(default=587, ge=1, le=65535)
    security: Security = "starttls"
    sender: Line
    ca_file: Line | None = None


class Recipient(Content):
    """One who is told, by mail or by webhook; `severity` is the least that is worth telling."""

    name: Line
    mail: Line | None = None
    webhook: Line | None = None
    lang: Lang = "nl"
    compartments: tuple[Compartment, ...] = Field(default=("contract",), min_length=1)
    severity: Severity = "info"


class Recipients(Content):
    """All who are told, and the mail server for those who are told by mail."""

    inside: tuple[Line, ...] = Field(default=(), min_length=1)
    mail: Post | None = None
    recipients: tuple[Recipient, ...] = ()

    def named(self, name: str) -> Recipient | None:
        """The recipient of that name."""
        return next((item for item in self.recipients if item.name == name), None)


def recipients_of(folder: Path) -> Recipients | None:
    """The recipients in the store's folder; None when there is no such file: nobody is told.

    Raises: UsageError with every flaw.
    """
    path = folder / FILE
    try:
        return read_recipients(path.read_text(encoding="utf-8"), str(path))
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        message = f"The file cannot be read: {reason}."
        raise UsageError(Problem(str(path), "recipients", message)) from None


def read_recipients(text: str, name: str = FILE) -> Recipients:
    """The recipients in the text of that file.

    Raises: UsageError with every flaw.
    """
    try:
        document = read_yaml(text, name)
    except InputError as error:
        raise UsageError(error.problems) from None
    try:
        found = Recipients.model_validate(document.data)
    except ValidationError as error:
        raise UsageError(model_problems(error, Recipients, document, name)) from None
    problems = [
        Problem(f"{name}:{document.line(path)}", "recipients", message, hint)
        for path, message, hint in (*_post_flaws(found.mail), *_flaws(found))
    ]
    if problems:
        raise UsageError(problems)
    return found


Flaw = tuple[tuple[str | int, ...], str, str]


def _post_flaws(post: Post | None) -> Iterator[Flaw]:
    if post is None:
        return
    if post.security == "none" and not is_loopback(post.host):
        message = "Mail in the clear is for a server on this machine only."
        yield ("mail", "security"), message, "Choose starttls or tls."
    if not _is_address(post.sender):
        yield ("mail", "sender"), "This is not a mail address.", "Write name@domain."


def _flaws(found: Recipients) -> Iterator[Flaw]:
    names: set[str] = set()
    for index, item in enumerate(found.recipients):
        here = ("recipients", index)
        if item.name in names:
            yield (*here, "name"), f"{item.name} is there twice.", "Give every recipient a name of its own."
        names.add(item.name)
        if (item.mail is None) == (item.webhook is None):
            message = f"{item.name} needs either mail or webhook."
            yield here, message, "Make two recipients for somebody who wants both."
        elif item.mail is not None:
            yield from _mail_flaws(item.mail, found, (*here, "mail"))
        elif item.webhook is not None:
            yield from _webhook_flaws(item.webhook, found.inside, (*here, "webhook"))


def _mail_flaws(address: str, found: Recipients, place: tuple[str | int, ...]) -> Iterator[Flaw]:
    if not _is_address(address):
        yield place, "This is not a mail address.", "Write name@domain."
    elif not _is_inside(address.rpartition("@")[2], found.inside):
        yield (
            place,
            "This address lies outside the municipality.",
            "Name its domain under inside, or leave it out.",
        )
    elif found.mail is None:
        yield place, "There is no mail server to send it with.", "Give mail a host and a sender."


def _webhook_flaws(address: str, inside: Iterable[str], place: tuple[str | int, ...]) -> Iterator[Flaw]:
    parts = split_address(address)
    if parts is None or parts.username is not None:
        yield place, "This is not a web address.", "Write https://host/path, without a name or password."
    elif parts.scheme != "https" and not is_loopback(parts.hostname or ""):
        yield place, "A webhook beyond this machine needs https.", ""
    elif not is_loopback(parts.hostname or "") and not _is_inside(parts.hostname or "", inside):
        yield (
            place,
            "This host lies outside the municipality.",
            "Name its domain under inside, or leave it out.",
        )


def split_address(address: str) -> SplitResult | None:
    """The parts of a web address; None when it is none."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return None
    plain = address.isascii() and address.isprintable() and " " not in address
    known = parts.scheme in ("http", "https") and parts.hostname and port != 0
    return parts if known and plain else None


def is_loopback(host: str) -> bool:
    """Whether the host is this machine, by its address or as localhost."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _is_address(text: str) -> bool:
    name, at, domain = text.partition("@")
    return bool(at and name and domain) and text.isascii() and not set(text[len(name) + 1 :]) & set('@<>, ;"')


def _is_inside(domain: str, inside: Iterable[str]) -> bool:
    given = domain.lower().rstrip(".")
    return any(given == own or given.endswith(f".{own}") for own in (name.lower() for name in inside))
