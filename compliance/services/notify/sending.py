"""Empties the outbox of letters: each is sent once, and what fails waits for the next night.

Sent comes before noted: who is killed in between sends the same letter again, with the same id.
A letter that cannot go never stops a night.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from compliance.model.kept import Errand, ErrandState
from compliance.services.log import log
from compliance.services.notify.mail import NotSentError, send_mail
from compliance.services.notify.recipients import Recipient, Recipients
from compliance.services.notify.secrets import Secrets
from compliance.services.notify.webhook import post_webhook
from compliance.services.notify.writing import Letter, letter_of, reading_of

KIND = "notify"
MOST_ATTEMPTS = 14  # two weeks of nights: later the letter tells nothing that a newer one does not


class Outbox(Protocol):
    """Where letters wait, in the order kept; the records of a store."""

    def open_errands(self, kind: str | None = None) -> Sequence[Errand]: ...

    def note_errand(
        self, run: int, kind: str, recipient: str, state: ErrandState, at: datetime, *, reason: str = ""
    ) -> None: ...


@dataclass(frozen=True, slots=True)
class Delivered:
    """What became of one letter: `done`, `failed` (tried again next night) or `given_up`, and why."""

    run: int
    recipient: str
    state: ErrandState
    reason: str = ""


def deliver(
    outbox: Outbox, recipients: Recipients | None, secrets: Secrets, at: datetime, run: int | None = None
) -> tuple[Delivered, ...]:
    """Every waiting letter, of that run or of all, was tried once, and what became of it is noted."""
    outcomes = []
    for errand in outbox.open_errands(KIND):
        if run not in (None, errand.run):
            continue
        outcome = _try(errand, recipients, secrets)
        outbox.note_errand(errand.run, KIND, errand.recipient, outcome.state, at, reason=outcome.reason)
        if outcome.state == "done":
            log.info("notification_sent", run=errand.run)
        else:
            log.warning("notification_not_sent", run=errand.run, reason=outcome.reason, state=outcome.state)
        outcomes.append(outcome)
    return tuple(outcomes)


def _try(errand: Errand, recipients: Recipients | None, secrets: Secrets) -> Delivered:
    recipient = recipients.named(errand.recipient) if recipients else None
    if recipients is None or recipient is None:
        return Delivered(errand.run, errand.recipient, "given_up", "no such recipient any more")
    letter = letter_of(errand.payload)
    if letter.reading != reading_of(recipient):
        return Delivered(errand.run, errand.recipient, "given_up", "may see other things by now")
    try:
        _send(letter, recipient, recipients, secrets)
    except NotSentError as error:
        last = errand.attempts + 1 >= MOST_ATTEMPTS
        return Delivered(errand.run, errand.recipient, "given_up" if last else "failed", str(error))
    return Delivered(errand.run, errand.recipient, "done")


def _send(letter: Letter, recipient: Recipient, recipients: Recipients, secrets: Secrets) -> None:
    if recipient.webhook is not None:
        post_webhook(letter, recipient.webhook, secrets)
    elif recipient.mail is not None and recipients.mail is not None:
        send_mail(letter, recipient.mail, recipients.mail, secrets)
    else:
        raise NotSentError("no address")
