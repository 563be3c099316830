"""Letters go out by mail over a real server, encrypted, to the one address, and the same when sent again."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest

from compliance.services.notify.mail import NotSentError, as_message, send_mail
from compliance.services.notify.recipients import Post, Security
from compliance.services.notify.secrets import Secrets
from compliance.services.notify.writing import Letter
from tests.services.notify.servers import CERTIFICATE, PASSWORD, USER, Postbox, mail_server

LETTER = Letter(
    id="night-12.abc", recipient="CM", lang="nl", subject="Nacht 12: 1 nieuw", text="Één regel.\n",
    written_at=datetime(2027, 6, 2, 2, tzinfo=UTC),
)  # fmt: skip
SECRETS = Secrets(USER, PASSWORD)


def post(port: int, security: Security = "starttls", host: str = "localhost") -> Post:
    """The mail server on that port, trusted by its own certificate."""
    return Post(
        host=host, port=port, security=security, sender="toets@gemeente.example", ca_file=str(CERTIFICATE)
    )


@pytest.mark.parametrize(
    ("security", "login"), [("starttls", False), ("starttls", True), ("tls", False), ("none", False)]
)
def test_a_letter_arrives(security: Security, login: bool) -> None:
    """With every kind of encryption, with and without log-in, the mail is as it was written."""
    postbox = Postbox()
    with mail_server(postbox, security, login=login) as port:
        send_mail(LETTER, "cm@gemeente.example", post(port, security), SECRETS if login else Secrets())
    (raw,) = postbox.mails
    mail = message_from_bytes(raw, policy=default)
    assert postbox.receivers == ["cm@gemeente.example"]
    assert mail["Message-ID"] == "<night-12.abc@gemeente.example>"
    assert mail["Subject"] == "Nacht 12: 1 nieuw"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content().replace("\r\n", "\n") == "Één regel.\n"
    assert postbox.users == ([USER] if login else [])


def test_the_same_letter_is_the_same_mail() -> None:
    """A letter that is sent again cannot be told from the first."""
    first, again = (as_message(LETTER, "cm@gemeente.example", "a@b.example").as_bytes() for _ in range(2))
    assert first == again


def test_a_wrong_password_is_told_by_code_alone() -> None:
    """The reason names the server's code, and neither user nor password."""
    postbox = Postbox()
    with mail_server(postbox, login=True) as port, pytest.raises(NotSentError) as caught:
        send_mail(LETTER, "cm@gemeente.example", post(port), Secrets(USER, "wrong"))
    assert str(caught.value) == "SMTP 535"
    assert postbox.mails == []


def test_nothing_is_sent_in_the_clear_by_itself() -> None:
    """A server that does not offer encryption gets neither log-in nor mail."""
    postbox = Postbox()
    with mail_server(postbox, "none") as port, pytest.raises(NotSentError, match="SMTPNotSupportedError"):
        send_mail(LETTER, "cm@gemeente.example", post(port), Secrets())
    assert postbox.mails == []


def test_a_server_that_nobody_vouches_for_gets_nothing() -> None:
    """A certificate that is not trusted ends the connection."""
    postbox = Postbox()
    with mail_server(postbox) as port:
        unknown = post(port).model_copy(update={"ca_file": None})
        with pytest.raises(NotSentError, match="SSL"):
            send_mail(LETTER, "cm@gemeente.example", unknown, Secrets())
    assert postbox.mails == []


def test_a_refusal_and_a_silent_machine_are_told() -> None:
    """A mail that is not taken, and a server that is not there, are not sent."""
    postbox = Postbox(answer="451 later")
    with mail_server(postbox) as port, pytest.raises(NotSentError, match="SMTP 451"):
        send_mail(LETTER, "cm@gemeente.example", post(port), Secrets())
    with pytest.raises(NotSentError, match="ConnectionRefusedError"):
        send_mail(LETTER, "cm@gemeente.example", post(port), Secrets())
