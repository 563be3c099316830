"""Who may be told is read whole, with every flaw, and nobody outside the municipality can be among them."""

from __future__ import annotations

from pathlib import Path

import pytest

from compliance.errors import UsageError
from compliance.services.notify.recipients import read_recipients, recipients_of
from compliance.services.notify.secrets import read_secrets

GOOD = """\
inside: [gemeente.example]
mail: {host: smtp.gemeente.example, sender: toets@gemeente.example}
recipients:
  - {name: Contractmanager, mail: cm@gemeente.example}
  - {name: Bibob, mail: b@ov.gemeente.example, compartments: [contract, bibob], severity: high, lang: en}
  - {name: Kanaal, webhook: "https://chat.gemeente.example/hook"}
  - {name: Deze machine, webhook: "http://127.0.0.1:9000/hook"}
"""


def test_recipients_are_read_with_their_defaults() -> None:
    """Contract alone, everything from info up, in Dutch, encrypted: unless somebody asks otherwise."""
    found = read_recipients(GOOD)
    first = found.named("Contractmanager")
    assert first is not None
    assert (first.compartments, first.severity, first.lang) == (("contract",), "info", "nl")
    assert found.mail is not None
    assert (found.mail.port, found.mail.security) == (587, "starttls")
    assert found.named("Niemand") is None


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("cm@gemeente.example", "cm@elders.example", "outside the municipality"),
        ("cm@gemeente.example", "cm@nietgemeente.example", "outside the municipality"),
        ("cm@gemeente.example", "cm", "not a mail address"),
        ("chat.gemeente.example", "chat.elders.example", "outside the municipality"),
        ("https://chat", "http://chat", "needs https"),
        ("https://chat", "ftp://chat", "not a web address"),
        ("https://chat", "https://me:secret@chat", "not a web address"),
        ("name: Kanaal", "name: Bibob", "there twice"),
        ("cm@gemeente.example}", 'cm@gemeente.example, webhook: "https://a.gemeente.example/"}', "either"),
        ("sender: toets@gem", "security: none, sender: toets@gem", "this machine only"),
        ("sender: toets@gemeente.example", "sender: toets", "not a mail address"),
        ("mail: {host: smtp.gemeente.example, sender: toets@gemeente.example}\n", "", "no mail server"),
        ("inside: [gemeente.example]\n", "", "inside"),
        ("severity: high", "severity: ernstig", "cannot be 'ernstig'"),
        ("compartments: [contract, bibob]", "compartments: []", "needs at least 1"),
        ("name: Kanaal", "naam: Kanaal", "naam"),
        ("inside:", "inside: [", "line"),
    ],
)  # fmt: skip
def test_a_flaw_is_told_with_its_line(old: str, new: str, said: str) -> None:
    """Each wrong thing is named at file and line; nothing is sent before the list is right."""
    assert old in GOOD
    with pytest.raises(UsageError) as caught:
        read_recipients(GOOD.replace(old, new))
    told = str(caught.value)
    assert said in told or said == "line"
    assert "recipients.yaml:" in told


def test_no_file_means_nobody_is_told(tmp_path: Path) -> None:
    """A store without recipients tells nobody; one whose list cannot be read says so."""
    assert recipients_of(tmp_path) is None
    (tmp_path / "recipients.yaml").write_bytes(b"\xff")
    with pytest.raises(UsageError, match="not UTF-8"):
        recipients_of(tmp_path)


def test_secrets_come_from_the_environment_and_are_not_shown() -> None:
    """User and password belong together, a key is long, and none of them stands in a text of ours."""
    found = read_secrets({"COMPLIANCE_SMTP_USER": "u", "COMPLIANCE_SMTP_PASSWORD": "geheim",
                          "COMPLIANCE_WEBHOOK_KEY": "0123456789abcdef"})  # fmt: skip
    assert (found.user, found.password, found.webhook_key) == ("u", "geheim", b"0123456789abcdef")
    assert "geheim" not in repr(found)
    assert "0123" not in repr(found)
    with pytest.raises(UsageError) as caught:
        read_secrets({"COMPLIANCE_SMTP_PASSWORD": "geheim", "COMPLIANCE_WEBHOOK_KEY": "kort"})
    assert [problem.place for problem in caught.value.problems] == [
        "COMPLIANCE_SMTP_USER", "COMPLIANCE_WEBHOOK_KEY",
    ]  # fmt: skip
    assert "geheim" not in str(caught.value)
