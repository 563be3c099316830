"""The code's messages in Dutch: none is forgotten, and what they are about is kept."""

from __future__ import annotations

import re

import pytest
import yaml

from compliance.errors import RulebookError
from compliance.reporting.phrases import read_phrases
from compliance.services.content import content_folder, report_phrases
from tests.services.said import said

TEXT = re.compile(r"[a-z]{3}", re.IGNORECASE)
CODE = re.compile(r"[a-z]+([_-][a-z]+)+")


def test_every_message_of_the_code_has_a_dutch_text() -> None:
    """Whatever the code can say to who asks or delivers stands in the content file, filled in alike."""
    known = {re.sub(r"\{[a-z_]+\}", "{}", english) for english in report_phrases().texts}
    missing = {
        text: place
        for text, place in said().items()
        if TEXT.search(text)
        and not CODE.fullmatch(text)
        and not known & {text, f"{text}.", text[:-2]}
        # The end of a text stands in the file behind what it is the end of.
        and not (text.startswith((" ", ",")) and any(english.endswith(text) for english in known))
    }
    assert missing == {}


def test_every_protected_attribute_has_its_own_dutch_name() -> None:
    """A refused column is called what the list of protected names calls it."""
    path = content_folder("rules") / "protected.yaml"
    names = [entry["attribute"] for entry in yaml.safe_load(path.read_text("utf-8"))["protected"]]
    assert names
    assert [report_phrases().dutch(name["en"]) for name in names] == [name["nl"] for name in names]


@pytest.mark.parametrize(
    ("english", "dutch"),
    [
        ("a whole number from 0 to 20", "een geheel getal van 0 tot en met 20"),
        ("true or false, since kind is x", "true of false, omdat kind x is"),
        ("Expected a list, found text of 3 characters.", "Een lijst verwacht; gevonden: tekst van 3 tekens."),
        ("Expected id, name, found a list of 2.", "Verwacht: id, name; gevonden: een lijst van 2."),
        ("a number with 3 decimals after a comma", "een getal met 3 decimalen achter een komma"),
        ("No such option '--frmat'. Did you mean '--format'?",
         "De optie '--frmat' bestaat niet. Bedoelde u '--format'?"),
        ("There is no rule {name}.", "Er is geen regel {name}."),
        ("Nobody wrote this down.", "Nobody wrote this down."),
        ("", ""),
    ],
)  # fmt: skip
def test_a_message_is_said_with_what_it_is_about(english: str, dutch: str) -> None:
    """Names and numbers stay, phrases within a phrase are said too, and the unknown stays as it is."""
    assert report_phrases().dutch(english) == dutch


def test_a_phrase_fills_in_what_the_message_fills_in() -> None:
    """A Dutch text that would lose a name or number is refused, and so is one that is no text."""
    with pytest.raises(RulebookError) as caught:
        read_phrases('"No {name}.": "Geen {naam}."\n"Yes.": [ja]\n"{a} of {b}": "{b} van {a}"\n', "m.yaml")
    assert [problem.place for problem in caught.value.problems] == ["m.yaml:1", "m.yaml:2"]


@pytest.mark.parametrize(
    "text", ["'gisteren' is not a moment; write it like 2027-06-02T00:00:00Z.", "'x' is not a valid integer."]
)
def test_a_phrase_inside_another_is_said_too(text: str) -> None:
    """What Click puts before a message of ours is Dutch as well."""
    told = report_phrases().dutch(f"Invalid value for '--known-at': {text}")
    assert told == f"Ongeldige waarde voor '--known-at': {report_phrases().dutch(text)}"
    assert "Invalid" not in told
