"""A real night tells its recipients and its operator; a server that is down is tried again the next night."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from compliance.services.nightly.night import NightRequest, nightly
from compliance.services.store import open_store
from tests.services.notify.servers import CERTIFICATE, Hook, Postbox, mail_server, web_server
from tests.services.retention.stores import BIBOB, CONTRACT, MEASURE, NIGHT, offer

RECIPIENTS = """inside: [gemeente.example]
mail: {{host: localhost, port: {port}, sender: toets@gemeente.example, ca_file: "{certificate}"}}
recipients:
  - {{name: Contract, mail: cm@gemeente.example}}
  - {{name: Bibob, mail: bibob@gemeente.example, compartments: [contract, bibob]}}
  - {{name: Kanaal, webhook: "http://localhost:{web}/hook"}}
"""


def test_a_night_tells_and_a_later_one_finishes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Letters of what each may see; the webhook that was down gets its letter when nothing is new, once."""
    monkeypatch.setenv("COMPLIANCE_WEBHOOK_KEY", "sixteen and more")
    store, postbox, hook = tmp_path / "store", Postbox(), Hook(status=503)
    open_store(store, create=True).close()
    offer(store, "wijkkracht", CONTRACT)
    offer(store, "bureau", BIBOB)
    with mail_server(postbox) as port, web_server(hook) as web:
        text = RECIPIENTS.format(port=port, web=web, certificate=CERTIFICATE)
        (store / "recipients.yaml").write_text(text, encoding="utf-8")
        first = nightly(NightRequest(store, clock=lambda: NIGHT))
        assert [(one.step, one.problems[0].message) for one in first.unfinished] == [
            ("notify", "The message of run 1 to Kanaal did not go: HTTP 503.")
        ]
        hook.status = 204
        again = nightly(NightRequest(store, clock=lambda: NIGHT.replace(hour=3)))
        assert again.unfinished == ()
        assert [one.again for one in again.contracts] == [True]
    mails = dict(zip(postbox.receivers, postbox.mails, strict=True))
    assert len(hook.posts) == 2
    assert hook.posts[0] == hook.posts[1]
    texts = {who: message_from_bytes(raw, policy=default).get_content() for who, raw in mails.items()}
    assert "SUB-01" in texts["cm@gemeente.example"]
    assert "BIB-03" in texts["bibob@gemeente.example"]
    assert "1 × " in texts["bibob@gemeente.example"]
    for raw in (*mails.values(), hook.posts[0][2]):
        assert MEASURE.encode() not in raw
    assert b"BIB-" not in mails["cm@gemeente.example"]
    assert b"BIB-" not in hook.posts[0][2]
    metrics = (store / "metrics.prom").read_text(encoding="utf-8")
    assert 'compliance_run_number{contract="c1"} 1.0' in metrics
    assert 'compliance_notifications{outcome="done"} 3.0' in metrics
    with open_store(store) as opened:
        assert {one.state for one in opened.records.errands(kind="notify")} == {"done"}
        assert {one.payload for one in opened.records.errands(kind="notify")} == {""}
