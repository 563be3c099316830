"""Letters go out as signed JSON to a real web server, which no redirect can move."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime

import pytest

from compliance.services.notify.mail import NotSentError
from compliance.services.notify.secrets import Secrets
from compliance.services.notify.webhook import post_webhook
from compliance.services.notify.writing import Letter
from tests.services.notify.servers import CERTIFICATE, Hook, web_server

KEY = b"sixteen and more"
SECRETS = Secrets(webhook_key=KEY)
LETTER = Letter(
    id="night-12.abc", recipient="Kanaal", lang="nl", subject="Nacht 12", text="Één.\n",
    written_at=datetime(2027, 6, 2, 2, tzinfo=UTC), facts={"run": 12, "states": {"new": 1}},
)  # fmt: skip


@pytest.mark.parametrize("encrypted", [False, True])
def test_a_letter_is_posted_with_its_signature(encrypted: bool) -> None:
    """The body is the letter as JSON; whoever has the key can see that it came from here and is whole."""
    hook = Hook()
    with web_server(hook, encrypted=encrypted) as port:
        scheme = "https" if encrypted else "http"
        post_webhook(LETTER, f"{scheme}://localhost:{port}/hooks/a?b=1", SECRETS, str(CERTIFICATE))
    ((path, headers, body),) = hook.posts
    assert path == "/hooks/a?b=1"
    assert headers["x-compliance-signature"] == f"sha256={hmac.new(KEY, body, hashlib.sha256).hexdigest()}"
    assert headers["x-compliance-message"] == "night-12.abc"
    told = json.loads(body)
    assert (told["id"], told["text"], told["run"]) == ("night-12.abc", "Één.\n", 12)


def test_a_redirect_is_not_followed() -> None:
    """The address in the settings is the only one that gets the letter."""
    elsewhere, hook = Hook(), Hook(status=307)
    with web_server(elsewhere) as other, web_server(hook) as port:
        hook.location = f"http://localhost:{other}/"
        with pytest.raises(NotSentError, match="HTTP 307"):
            post_webhook(LETTER, f"http://localhost:{port}/", SECRETS)
    assert (len(hook.posts), elsewhere.posts) == (1, [])


@pytest.mark.parametrize(
    ("address", "secrets", "reason"),
    [
        ("http://hooks.gemeente.example/", SECRETS, "no https"),
        ("https://localhost:1/", Secrets(), "no key"),
        ("https://localhost:1/", SECRETS, "ConnectionRefusedError"),
        ("nowhere", SECRETS, "no web address"),
    ],
)
def test_what_cannot_be_posted_safely_is_not(address: str, secrets: Secrets, reason: str) -> None:
    """Not in the clear beyond this machine, not unsigned, and a server that is not there is told."""
    with pytest.raises(NotSentError, match=reason):
        post_webhook(LETTER, address, secrets)


def test_a_certificate_that_nobody_vouches_for_ends_it() -> None:
    """A server that only says it is localhost gets nothing."""
    hook = Hook()
    with web_server(hook, encrypted=True) as port, pytest.raises(NotSentError, match="SSL"):
        post_webhook(LETTER, f"https://localhost:{port}/", SECRETS)
    assert hook.posts == []
