"""Posts one letter as signed JSON; follows no redirect, trusts no proxy, waits no longer than it must."""

from __future__ import annotations

import hashlib
import hmac
import json
import ssl
from http.client import HTTPConnection, HTTPException, HTTPSConnection

from compliance.services.notify.mail import NotSentError
from compliance.services.notify.recipients import is_loopback, split_address
from compliance.services.notify.secrets import Secrets
from compliance.services.notify.writing import Letter

TIMEOUT_SECONDS = 20
SIGNATURE = "X-Compliance-Signature"
MESSAGE = "X-Compliance-Message"


def post_webhook(letter: Letter, address: str, secrets: Secrets, ca_file: str | None = None) -> None:
    """The receiver answered that it took the letter.

    The header X-Compliance-Signature holds `sha256=` and the HMAC of the body with the key; the header
    X-Compliance-Message the id that stays when the same letter is sent again.

    Raises: NotSentError.
    """
    if not secrets.webhook_key:
        raise NotSentError("no key")
    body = as_body(letter)
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "compliance",
        MESSAGE: letter.id,
        SIGNATURE: signature(body, secrets.webhook_key),
    }
    try:
        status = _post(address, body, headers, ca_file)
    except (HTTPException, OSError, ValueError) as error:
        raise NotSentError(type(error).__name__) from None
    if not 200 <= status < 300:
        raise NotSentError(f"HTTP {status}")


def as_body(letter: Letter) -> bytes:
    """The letter as JSON; the same letter gives the same bytes."""
    content = {"id": letter.id, "subject": letter.subject, "text": letter.text, **letter.facts}
    return json.dumps(content, ensure_ascii=False, sort_keys=True).encode()


def signature(body: bytes, key: bytes) -> str:
    """What proves that the body comes from somebody who has the key."""
    return f"sha256={hmac.new(key, body, hashlib.sha256).hexdigest()}"


def _post(address: str, body: bytes, headers: dict[str, str], ca_file: str | None) -> int:
    parts = split_address(address)
    if parts is None or parts.hostname is None:
        raise NotSentError("no web address")
    connection: HTTPConnection
    if parts.scheme == "https":
        context = ssl.create_default_context(cafile=ca_file)
        connection = HTTPSConnection(parts.hostname, parts.port, timeout=TIMEOUT_SECONDS, context=context)
    elif is_loopback(parts.hostname):
        connection = HTTPConnection(parts.hostname, parts.port, timeout=TIMEOUT_SECONDS)
    else:
        raise NotSentError("no https")
    path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    try:
        connection.request("POST", path, body=body, headers=headers)
        return connection.getresponse().status
    finally:
        connection.close()
