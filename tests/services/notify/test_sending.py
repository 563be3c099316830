"""The outbox is emptied once per letter, survives a kill, and a letter that cannot go waits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email import message_from_bytes
from pathlib import Path
from typing import cast

import pytest

from compliance.errors import StoreError
from compliance.model.entities import Compartment
from compliance.model.kept import Errand, ErrandState
from compliance.model.night import NightAnswer, NightReceipt, Standing
from compliance.services.nightly.followup import KeptNight
from compliance.services.notify import step
from compliance.services.notify.recipients import recipients_of
from compliance.services.notify.secrets import read_secrets
from compliance.services.notify.sending import deliver
from tests.services.notify import nights
from tests.services.notify.servers import CERTIFICATE, Hook, Postbox, mail_server, web_server

AT = datetime(2027, 6, 2, 3, tzinfo=UTC)
KEY = "sixteen and more"
STANDINGS = (nights.standing("SUB-01", "organisation/o2"), nights.standing("BIB-01", "organisation/o3"))


class KilledError(Exception):
    """The machine stopped here."""


@dataclass
class Records:
    """The outbox of a store, in memory."""

    kept: dict[tuple[int, str, str], Errand] = field(default_factory=dict)
    killed: bool = False

    def add_errands(self, run: int, errands: Sequence[Errand]) -> None:
        for item in errands:
            self.kept.setdefault((run, item.kind, item.recipient), replace(item, run=run))

    def open_errands(self, kind: str | None = None) -> Sequence[Errand]:
        return [
            item for item in self.kept.values() if item.kind == kind and item.state in ("waiting", "failed")
        ]

    def note_errand(
        self, run: int, kind: str, recipient: str, state: ErrandState, at: datetime, *, reason: str = ""
    ) -> None:
        if self.killed:
            raise KilledError
        key = (run, kind, recipient)
        attempts = self.kept[key].attempts + 1
        self.kept[key] = replace(self.kept[key], state=state, reason=reason, attempts=attempts, noted_at=at)


@dataclass
class Night:
    """A kept night over a folder."""

    folder: Path
    records: Records = field(default_factory=Records)
    standings: tuple[Standing, ...] = STANDINGS
    receipt: NightReceipt = field(default_factory=nights.receipt)

    @property
    def store(self) -> Night:
        return self

    def answer(self, compartments: tuple[Compartment, ...]) -> NightAnswer:
        return nights.answer(self.standings, compartments, receipt=self.receipt)


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMPLIANCE_WEBHOOK_KEY", KEY)
    monkeypatch.setattr(step, "write_metrics", lambda _: None)


def notify(night: Night) -> None:
    """The step after that night."""
    step.notify(cast(KeptNight, night))


@contextmanager
def told(folder: Path, postbox: Postbox, hook: Hook) -> Iterator[None]:
    """Two by mail, of whom one sees Bibob, and one by webhook who wants only critical ones."""
    with mail_server(postbox) as port, web_server(hook) as web:
        (folder / "recipients.yaml").write_text(
            f"""inside: [gemeente.example]
mail: {{host: localhost, port: {port}, sender: toets@gemeente.example, ca_file: "{CERTIFICATE}"}}
recipients:
  - {{name: Contract, mail: cm@gemeente.example}}
  - {{name: Bibob, mail: bibob@gemeente.example, compartments: [contract, bibob], lang: en}}
  - {{name: Kanaal, webhook: "http://localhost:{web}/hook", severity: critical}}
""",
            encoding="utf-8",
        )
        yield


def test_each_recipient_gets_one_letter_of_what_it_may_see(tmp_path: Path) -> None:
    """One digest per recipient; nothing of Bibob stands in the bytes of who may not see it."""
    night, postbox, hook = Night(tmp_path), Postbox(), Hook()
    with told(tmp_path, postbox, hook):
        notify(night)
        notify(night)
    assert sorted(postbox.receivers) == ["bibob@gemeente.example", "cm@gemeente.example"]
    assert len(hook.posts) == 1
    by_receiver = dict(zip(postbox.receivers, postbox.mails, strict=True))
    assert b"BIB-01" in by_receiver["bibob@gemeente.example"]
    for blind in (by_receiver["cm@gemeente.example"], hook.posts[0][2]):
        assert b"SUB-01" in blind
        assert b"BIB-01" not in blind
        assert b"o3" not in blind
        assert b"ibob" not in blind
    assert {item.state for item in night.records.kept.values()} == {"done"}


def test_no_change_no_letter(tmp_path: Path) -> None:
    """What stands as it stood is not told again."""
    same = tuple(replace(item, state="open", since_run=3) for item in STANDINGS)
    night, postbox, hook = Night(tmp_path, standings=same), Postbox(), Hook()
    with told(tmp_path, postbox, hook):
        notify(night)
    assert (postbox.mails, hook.posts, night.records.kept) == ([], [], {})


def test_killed_between_sending_and_noting_sends_the_same_letter_again(tmp_path: Path) -> None:
    """The second letter has the id and the bytes of the first, so that who gets both can drop one."""
    night, postbox, hook = Night(tmp_path, records=Records(killed=True)), Postbox(), Hook()
    with told(tmp_path, postbox, hook):
        with pytest.raises(KilledError):
            notify(night)
        night.records.killed = False
        notify(night)
    to_contract = [
        mail for mail, who in zip(postbox.mails, postbox.receivers, strict=True) if who.startswith("cm@")
    ]
    assert len(to_contract) == 2
    assert to_contract[0] == to_contract[1]
    assert message_from_bytes(to_contract[0])["Message-ID"].startswith("<night-12.")


def test_what_fails_waits_and_goes_the_next_night(tmp_path: Path) -> None:
    """One dead server keeps the letters of no other; the next night does that run's step again."""
    night, postbox, hook = Night(tmp_path), Postbox(), Hook(status=503)
    with told(tmp_path, postbox, hook):
        with pytest.raises(StoreError, match="Kanaal did not go: HTTP 503"):
            notify(night)
        assert len(postbox.mails) == 2
        later = Night(tmp_path, night.records, standings=(), receipt=nights.receipt(13))
        notify(later)
        assert {item.attempts for item in night.records.kept.values()} == {1}
        hook.status = 204
        notify(night)
    assert len(postbox.mails) == 2
    assert hook.posts[0] == hook.posts[1]
    assert {item.state for item in night.records.kept.values()} == {"done"}


def test_a_letter_is_given_up_in_the_end(tmp_path: Path) -> None:
    """After two weeks of nights it is noted and no longer tried."""
    night, postbox, hook = Night(tmp_path), Postbox(), Hook(status=503)
    with told(tmp_path, postbox, hook):
        recipients, secrets = recipients_of(tmp_path), read_secrets({"COMPLIANCE_WEBHOOK_KEY": KEY})
        with pytest.raises(StoreError):
            notify(night)
        for _ in range(13):
            deliver(night.records, recipients, secrets, AT)
    (left,) = [item for item in night.records.kept.values() if item.recipient == "Kanaal"]
    assert (left.state, left.attempts, left.reason) == ("given_up", 14, "HTTP 503")


def test_who_may_see_less_by_now_does_not_get_what_was_written_before(tmp_path: Path) -> None:
    """A letter is dropped when its recipient is gone, or has other compartments than when it was written."""
    night, postbox, hook = Night(tmp_path), Postbox(answer="451 later"), Hook()
    with told(tmp_path, postbox, hook):
        with pytest.raises(StoreError):
            notify(night)
        postbox.answer = "250 taken"
        file = tmp_path / "recipients.yaml"
        text = file.read_text(encoding="utf-8").replace("[contract, bibob]", "[contract]")
        file.write_text(text.replace("name: Contract,", "name: Ander,"), encoding="utf-8")
        outcomes = deliver(night.records, recipients_of(tmp_path), read_secrets({}), AT)
    assert [(item.recipient, item.state) for item in outcomes] == [
        ("Contract", "given_up"), ("Bibob", "given_up"),
    ]  # fmt: skip
    assert postbox.mails == []
