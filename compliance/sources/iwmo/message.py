"""What is taken from messages, before referrals are made of it; nothing here holds a BSN or a name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from compliance.sources.iwmo.codes import Kind


@dataclass(frozen=True, slots=True)
class Envelope:
    """The header of one message and the file it stands in; `prefix` is how places call its namespace."""

    path: str
    name: str
    prefix: str
    namespace: str
    kind: Kind
    municipality: str
    provider: str
    identification: str
    dated: date

    @property
    def identity(self) -> tuple[str, str, str, date, str]:
        """What two messages share only when they are the same message."""
        return self.name, self.municipality, self.provider, self.dated, self.identification

    @property
    def order(self) -> tuple[date, str, str, str]:
        """Messages in this order count as sent one after the other, whatever their files are called."""
        length = f"{len(self.identification):02}" if self.identification.isdecimal() else "99"
        return self.dated, length, self.identification, self.provider


@dataclass(frozen=True, slots=True)
class Product:
    """A product of a client in a message: an assignment, or a report of its start or stop.

    `client` is a pseudonym. `number` is the assignment's, empty when the message has none; then
    `category`, `code` and `assigned_from` say which it is.
    """

    envelope: Envelope
    place: str
    client: str
    number: str
    category: str
    code: str
    assigned_from: date | None


@dataclass(frozen=True, slots=True)
class Assignment(Product):
    """A product that a municipality assigns: since when, and why it changes an earlier one, if it does."""

    assigned_on: date
    assigned_at: str
    change: str

    @property
    def order(self) -> tuple[object, ...]:
        """The last one of an assignment in this order says what it is."""
        dated, *rest = self.envelope.order
        return dated, self.assigned_on, self.assigned_at, *rest


@dataclass(frozen=True, slots=True)
class Report(Product):
    """The start of care, or its stop; `status` is one of the model's words, as are reasons of the end."""

    began_on: date
    status: str
    ended_on: date | None = None
    end_reason: str = ""


@dataclass(frozen=True, slots=True)
class Loss:
    """Something that was refused, and how far it is known what it was about; empty means it is not.

    What it might have said of an assignment is unknown, and must not read as if it had not been said.
    """

    kind: Kind
    municipality: str = ""
    number: str = ""
    client: str = ""
