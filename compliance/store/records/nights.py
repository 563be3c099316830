"""Keeps what a night leaves, in one transaction, and gives it back as it was.

A result or standing that did not change since the contract's last run is not written again: its row holds
from the run that wrote it up to the run in which it was changed or gone.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, desc, insert, select

from compliance.model.finding import Counts, Dossier, Failure
from compliance.model.kept import Errand
from compliance.model.night import KeptResult, Night, NightReceipt, Standing
from compliance.model.run import Note
from compliance.store.records import versions
from compliance.store.records.canonical import json_text, sha256, sorted_json, total
from compliance.store.records.errands import add_errands
from compliance.store.records.part import Part, next_number
from compliance.store.records.receipts import PLAIN, receipt_of, receipts_of
from compliance.store.records.rows import reading_text, result_row, standing_row
from compliance.store.records.tables import (
    dossier,
    failure,
    numbers,
    result,
    rule_count,
    rulebook,
    run,
    run_note,
    standing,
)


class Nights(Part):
    """Runs with all they found, and the rule book and numbers they judged with."""

    def keep_night(
        self,
        night: Night,
        texts: Mapping[str, str],
        numbers_text: str,
        *,
        errands: Iterable[Errand] = (),
        actor: str = "nightly",
    ) -> NightReceipt:
        """The receipt with its number: the run is kept whole, with its audit entry and its errands.

        In a standing a run's number 0 stands for this run. `texts` are the files of the rule book by path.

        Raises: StoreError; then nothing was kept.
        """
        with self._write() as connection:
            receipt = replace(night.receipt, number=next_number(connection, run.c.number))
            inputs = _keep_inputs(connection, receipt, texts, numbers_text)
            _keep_receipt(connection, receipt, night)
            found = _keep_found(connection, receipt, night)
            _keep_dossiers(connection, receipt.number, night)
            add_errands(connection, receipt.number, errands)
            told = _told(receipt, night, found) | inputs
            self._audit(connection, receipt.finished_at, actor, "run.kept", told)
        return receipt

    def run(self, number: int) -> NightReceipt | None:
        with self._read() as connection:
            return receipt_of(connection, select(run).where(run.c.number == number))

    def last_run(self, contract: str) -> NightReceipt | None:
        chosen = select(run).where(run.c.contract == contract).order_by(desc(run.c.number)).limit(1)
        with self._read() as connection:
            return receipt_of(connection, chosen)

    def previous_run(self, number: int) -> NightReceipt | None:
        """The run of the same contract before this one."""
        contract = select(run.c.contract).where(run.c.number == number).scalar_subquery()
        chosen = select(run).where(run.c.contract == contract, run.c.number < number)
        with self._read() as connection:
            return receipt_of(connection, chosen.order_by(desc(run.c.number)).limit(1))

    def runs(self, contract: str | None = None) -> tuple[NightReceipt, ...]:
        """All runs, oldest first."""
        chosen = select(run).order_by(run.c.number)
        with self._read() as connection:
            return receipts_of(
                connection, chosen if contract is None else chosen.where(run.c.contract == contract)
            )

    def contracts(self) -> tuple[str, ...]:
        """The contracts that were ever judged, sorted."""
        with self._read() as connection:
            return tuple(sorted(connection.execute(select(run.c.contract).distinct()).scalars()))

    def run_known_at(
        self, contract: str, as_of: date | None, known_at: datetime | None
    ) -> NightReceipt | None:
        """The last run of that day (None: any) with no more than was known at that moment (None: any)."""
        chosen = select(run).where(run.c.contract == contract)
        if as_of is not None:
            chosen = chosen.where(run.c.as_of == as_of)
        if known_at is not None:
            chosen = chosen.where(run.c.known_at <= known_at)
        with self._read() as connection:
            return receipt_of(connection, chosen.order_by(desc(run.c.known_at), desc(run.c.number)).limit(1))

    def results(self, contract: str, number: int | None = None) -> tuple[KeptResult, ...]:
        """The findings and not-assessable subjects of a run (None: the last), by rule and subject."""
        with self._read() as connection:
            return versions.results(connection, contract, _number(connection, contract, number))

    def standings(self, contract: str, number: int | None = None) -> tuple[Standing, ...]:
        """How every finding stood after a run (None: the last), by rule and subject."""
        with self._read() as connection:
            return versions.standings(connection, contract, _number(connection, contract, number))

    def lives(self, contract: str, name: str) -> tuple[tuple[int, Standing], ...]:
        """Each change of the standing of a finding (by fingerprint), with its run, in order."""
        with self._read() as connection:
            return versions.lives(connection, contract, name)

    def counts_by_rule(self, number: int) -> dict[str, Counts]:
        chosen = select(rule_count.c.rule, rule_count.c.counts).where(rule_count.c.run == number)
        with self._read() as connection:
            rows = connection.execute(chosen).all()
        return {row.rule: Counts(**json.loads(row.counts)) for row in sorted(rows, key=lambda row: row.rule)}

    def dossiers(self, number: int) -> dict[tuple[Any, ...], tuple[Dossier, ...]]:
        """Per reading its dossiers, in the order kept."""
        with self._read() as connection:
            readings = connection.execute(select(run.c.readings).where(run.c.number == number)).scalar()
            chosen = select(dossier).where(dossier.c.run == number).order_by(dossier.c.place)
            rows = connection.execute(chosen).all()
        found: dict[tuple[Any, ...], tuple[Dossier, ...]] = {}
        for text in json.loads(readings or "[]"):
            mine = [row for row in rows if row.reading == text]
            found[tuple(text.split("+"))] = tuple(
                Dossier(row.organisation, row.severity, tuple(json.loads(row.reasons))) for row in mine
            )
        return found

    def night(self, number: int) -> Night | None:
        """All that a run kept."""
        receipt = self.run(number)
        if receipt is None:
            return None
        return Night(
            receipt,
            self.counts_by_rule(number),
            self.results(receipt.contract, number),
            self.standings(receipt.contract, number),
            self.dossiers(number),
        )

    def rulebook_texts(self, digest: str) -> dict[str, str] | None:
        """The files of the rule book with this hash, by path; None when no run judged with it."""
        with self._read() as connection:
            packed = connection.execute(select(rulebook.c.texts).where(rulebook.c.hash == digest)).scalar()
        return None if packed is None else dict(json.loads(zlib.decompress(packed)))

    def numbers_text(self, digest: str) -> str | None:
        """The replaced numbers with this hash, as kept; None when no run judged with them."""
        with self._read() as connection:
            found = connection.execute(select(numbers.c.text).where(numbers.c.hash == digest)).scalar()
        return None if found is None else str(found)


def _number(connection: Connection, contract: str, number: int | None) -> int:
    if number is not None:
        return number
    chosen = select(run.c.number).where(run.c.contract == contract).order_by(desc(run.c.number)).limit(1)
    return connection.execute(chosen).scalar() or 0


def _keep_inputs(
    connection: Connection, receipt: NightReceipt, texts: Mapping[str, str], numbers_text: str
) -> dict[str, str]:
    """The hashes of the texts that this run's receipt leads to; equal hashes are kept once."""
    packed = sorted_json(dict(texts)).encode()
    if connection.execute(select(rulebook.c.hash).where(rulebook.c.hash == receipt.rulebook)).first() is None:
        connection.execute(insert(rulebook).values(hash=receipt.rulebook, texts=zlib.compress(packed, 6)))
    if connection.execute(select(numbers.c.hash).where(numbers.c.hash == receipt.numbers)).first() is None:
        connection.execute(insert(numbers).values(hash=receipt.numbers, text=numbers_text))
    return {"rulebook": sha256(packed), "numbers": sha256(numbers_text)}


def _keep_receipt(connection: Connection, receipt: NightReceipt, night: Night) -> None:
    values = {name: getattr(receipt, name) for name in PLAIN}
    readings = json_text([reading_text(reading) for reading in night.dossiers])
    connection.execute(insert(run).values(**values, counts=_counts(receipt.counts), readings=readings))
    _insert(
        connection,
        rule_count,
        [
            {"run": receipt.number, "rule": rule, "counts": _counts(counts)}
            for rule, counts in night.counts_by_rule.items()
        ],
    )
    _insert(connection, failure, _placed(receipt.number, receipt.failures))
    _insert(connection, run_note, _placed(receipt.number, receipt.notes))


def _placed(number: int, items: Iterable[Failure | Note]) -> list[dict[str, Any]]:
    return [{"run": number, "place": place, **asdict(item)} for place, item in enumerate(items)]


def _counts(counts: Counts) -> str:
    return json_text(asdict(counts))


def _keep_found(connection: Connection, receipt: NightReceipt, night: Night) -> dict[str, Any]:
    """How many versions of results and standings were written, and the total of all that hold now."""
    results = {kept.fingerprint: result_row(kept) for kept in night.results}
    standings = {kept.fingerprint: standing_row(kept, receipt) for kept in night.standings}
    written = {
        "results_written": versions.keep(connection, result, receipt, results),
        "standings_written": versions.keep(connection, standing, receipt, standings),
    }
    kept = {"result": results, "standing": standings}
    return written | {name: total(row["sha256"] for row in rows.values()) for name, rows in kept.items()}


def _keep_dossiers(connection: Connection, number: int, night: Night) -> None:
    rows = [
        {
            "run": number,
            "reading": reading_text(reading),
            "place": place,
            "organisation": made.organisation,
            "severity": made.severity,
            "reasons": json_text(list(made.reasons)),
        }
        for reading, dossiers in night.dossiers.items()
        for place, made in enumerate(dossiers)
    ]
    _insert(connection, dossier, rows)


def _insert(connection: Connection, table: Any, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(table), rows)


def _told(receipt: NightReceipt, night: Night, found: Mapping[str, Any]) -> dict[str, Any]:
    """What the audit chain says of the run: what was judged with what, and a hash of what was found."""
    return {
        "run": receipt.number,
        "contract": receipt.contract,
        "as_of": receipt.as_of.isoformat(),
        "receipt": versions.receipt_hash(receipt),
        "results": len(night.results),
        "standings": len(night.standings),
        "counts": sha256(sorted_json({rule: _counts(each) for rule, each in night.counts_by_rule.items()})),
        **found,
    }
