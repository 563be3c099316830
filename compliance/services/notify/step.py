"""The step after a night that tells its recipients; safe to do again, and it never undoes the night."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from compliance.errors import Problem, StoreError
from compliance.model.kept import Errand
from compliance.services.content import report_words
from compliance.services.metrics.step import write_metrics
from compliance.services.nightly.followup import KeptNight
from compliance.services.notify.recipients import FILE, recipients_of
from compliance.services.notify.secrets import read_secrets
from compliance.services.notify.sending import KIND, Delivered, deliver
from compliance.services.notify.writing import write_letters


def notify(kept: KeptNight) -> None:
    """Every recipient for whom something changed has a letter in the outbox, and those of this run were sent.

    Raises: UsageError for flaws in the list of recipients or in the secrets; StoreError when a letter did not
    go: it waits, and doing this step again sends it.
    """
    folder, records = kept.store.folder, kept.store.records
    recipients = recipients_of(folder)
    if recipients is not None:
        letters = write_letters(recipients.recipients, kept.answer, report_words(), str(folder))
        errands = [Errand(KIND, letter.recipient, letter.as_payload()) for letter in letters]
        records.add_errands(kept.receipt.number, errands)
    # Of this run only: an earlier one with letters left has its own step open, and is tried once a night.
    run = kept.receipt.number
    outcomes = deliver(records, recipients, read_secrets(os.environ), datetime.now(UTC), run)
    if outcomes:
        write_metrics(kept)  # which may tell of letters that waited until now
    refuse_unsent(outcomes, folder)


def refuse_unsent(outcomes: Sequence[Delivered], folder: Path) -> None:
    """Raises: StoreError naming each recipient whose letter still waits, and why."""
    problems = [
        Problem(
            str(folder / FILE),
            "not-sent",
            f"The message of run {item.run} to {item.recipient} did not go: {item.reason}.",
            "It waits; the next night tries again.",
        )
        for item in outcomes
        if item.state == "failed"
    ]
    if problems:
        raise StoreError(problems)
