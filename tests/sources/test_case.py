"""Case files: every flaw of a row is named without showing the value, and the other rows go on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from compliance.errors import InputError
from compliance.model.schema import delivered_entities
from compliance.sources.facts import Facts, read_facts

Case = Callable[[Mapping[str, Any]], Facts]
Codes = Callable[[Facts], list[tuple[str, str, str]]]
Column = Callable[..., list[Any]]

DELIVERY = {
    "id": "d1", "contract_id": "c1", "client_id": "k1", "provider_id": "o1", "service": "ambulatory",
    "day": "2027-02-01", "hours": 1,
}  # fmt: skip
CASE = """
as_of: 2027-06-01
facts:
  contract: [{id: c1, title: Wmo, contractor_id: o1, first_day: 2027-01-01, funding: task, sroi_pct: 5}]
"""


def _read(content: str | bytes) -> Facts:
    raw = content.encode() if isinstance(content, str) else content
    return read_facts(["-"], entities=delivered_entities(), stdin=BytesIO(raw))


@pytest.mark.parametrize(
    ("change", "name", "code"),
    [
        ({"hours": "1,5"}, "hours", "not_a_decimal"),
        ({"hours": 1.5}, "hours", "not_a_decimal"),
        ({"hours": Decimal("Infinity")}, "hours", "not_a_decimal"),
        ({"hours": Decimal("1e900000000")}, "hours", "not_a_decimal"),
        ({"hours": 10**50}, "hours", "not_a_decimal"),
        ({"hours": True}, "hours", "not_a_decimal"),
        ({"hours": -1}, "hours", "out_of_range"),
        ({"amount_eur": Decimal("1.005")}, "amount_eur", "not_a_decimal"),
        ({"day": "2027-02-29"}, "day", "not_a_day"),
        ({"day": 20270201}, "day", "not_a_day"),
        ({"day": None}, "day", "required_empty"),
        ({"day": ""}, "day", "required_empty"),
        ({"service": "ambulant"}, "service", "unknown_code"),
        ({"id": 7}, "id", "wrong_type"),
        ({"id": "x" * 201}, "id", "too_long"),
        ({"id": "a\nb"}, "id", "unsafe_text"),
        ({"client_id": ["k1"]}, "client_id", "wrong_type"),
        ({"client_id": "123456782"}, "client_id", "bsn_like"),
        ({"person_id": "12345672"}, "person_id", "bsn_like"),
        ({"client_id": "a\u202eb"}, "client_id", "unsafe_text"),
        ({"hous": 1}, "hous", "unknown_column"),
        ({"Geslacht": "x"}, "Geslacht", "protected_attribute"),
        ({"postcode": "x"}, "postcode", "protected_attribute"),
    ],
)
def test_bad_value_refuses_its_row(
    case: Case, codes: Codes, column: Column, *, change: dict[str, Any], name: str, code: str
) -> None:
    """One bad value is one refusal, of this row and column, without the value; its neighbour stays."""
    facts = case({"delivery": [DELIVERY | change, DELIVERY | {"id": "d2"}]})
    assert codes(facts) == [("delivery", name, code)]
    refusal = facts.refusals[0]
    assert refusal.place == "facts.delivery[0]"
    assert refusal.expected
    shown = f"{refusal.shape} {refusal.expected}"
    assert not any(str(value) in shown for value in change.values() if len(str(value)) > 2)
    assert column(facts, "delivery") == ["d2"]
    assert not facts.catalog["delivery"].complete


def test_every_flaw_of_a_row_is_named(case: Case, codes: Codes) -> None:
    """A row with three bad values gives three refusals."""
    facts = case({"delivery": [DELIVERY | {"hours": "x", "day": "x", "service": "x"}]})
    assert sorted(name for _, name, _ in codes(facts)) == ["day", "hours", "service"]


@pytest.mark.parametrize(
    ("entity", "row", "name", "code"),
    [
        (
            "team",
            {"contract_id": "c1", "district_id": "west", "organisation_id": "o1", "first_day": "2027-01-02",
             "last_day": "2027-01-01"},
            "last_day",
            "days_reversed",
        ),
        (
            "subcontract",
            {"contract_id": "c1", "principal_id": "o1", "subcontractor_id": "o2", "kind": "client_bound",
             "first_day": "2027-01-01"},
            "client_id",
            "required_empty",
        ),
        ("organisation", {"name": "x", "kvk_number": "1234567"}, "kvk_number", "wrong_pattern"),
        ("organisation", {"name": "x", "kvk_number": 12345678}, "kvk_number", "wrong_type"),
        ("organisation", {"name": "x", "working_persons": -1}, "working_persons", "out_of_range"),
        ("organisation", {"name": "x", "working_persons": 10**9}, "working_persons", "out_of_range"),
        ("contract_year", {"contract_id": "c1", "year": 1066}, "year", "out_of_range"),
    ],
)  # fmt: skip
def test_impossible_row_is_refused(
    case: Case, codes: Codes, *, entity: str, row: dict[str, Any], name: str, code: str
) -> None:
    """Reversed days, a demanded field that is empty, and values out of range refuse the row."""
    assert codes(case({entity: [{"id": "x1", **row}]})) == [(entity, name, code)]


def test_a_client_with_a_bsn_is_refused(case: Case, codes: Codes) -> None:
    """The id of a client or person that passes the eleven-test never enters; of an organisation it may."""
    facts = case(
        {
            "client": [{"id": "123456782"}],
            "person": [{"id": "12345672"}, {"id": "12345678"}],
            "organisation": [{"id": "123456782", "name": "x"}],
        }
    )
    assert codes(facts) == [("client", "id", "bsn_like"), ("person", "id", "bsn_like")]
    assert "123456782" not in repr(facts.refusals)


def test_exact_numbers_come_through(column: Column) -> None:
    """A decimal written as a number keeps its digits, beyond what a float could hold."""
    row = "{id: y, contract_id: c1, year: 2027, value_eur: 12345678901234.56}"
    facts = _read(f"{CASE}  contract_year: [{row}]\n")
    assert facts.refusals == []
    assert column(facts, "contract_year", "value_eur") == [Decimal("12345678901234.56")]
    assert column(facts, "contract", "sroi_pct") == [Decimal("5.0000")]


def test_yaml_and_json_are_read_alike() -> None:
    """The same case as YAML, as JSON, and as JSON on stdin without a name gives the same facts."""
    written = (
        '{"as_of": "2027-06-01", "facts": {"contract": [{"id": "c1", "title": "Wmo", "contractor_id": "o1", '
        '"first_day": "2027-01-01", "funding": "task", "sroi_pct": 5.00}]}}'
    )
    assert _read(CASE).digest == _read(written).digest
    assert _read(CASE).settings == _read(written).settings


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "case-empty"),
        (b"facts: {a: \xff}", "yaml-encoding"),
        (b"facts: {a: 1\x00}", "yaml-encoding"),
        (b"facts: [", "yaml-syntax"),
        (b"- a", "case-shape"),
        (b"hello", "case-shape"),
        (b"facts: 3", "case-facts"),
        (b"as_of: 2027-06-01", "case-settings"),
        (b"facts: {}\nfcts: {}", "case-settings"),
        (b"facts: {}\nas_of: 2027-02-30", "case-settings"),
        (b"facts: {}\nas_of: yesterday", "case-settings"),
        (b"facts: {}\nknown_at: 2027-02-01", "case-settings"),
        (b"facts: {}\nparameters: [1]", "case-settings"),
        (b"facts: {}\nexpect: {}", "case-settings"),
        (b"facts: {}\nexceptions: [x]", "case-settings"),
        (b"facts: {}\nfacts: {}", "yaml-equal-keys"),
        (b"facts: !!python/object/apply:os.system [id]", "yaml-tag"),
        (b"facts: {a: &a [*a]}", "yaml-alias"),
        (b"[" * 100_000, "json-depth"),
        (b"facts: " + b"[" * 100_000, "yaml-depth"),
        (b'{"facts": {}, "facts": {}}', "json-equal-keys"),
        (b'{"facts": NaN}', "json-number"),
        (b'{"facts": ' + b"[" * 60 + b"]" * 60 + b"}", "json-depth"),
        (b'{"facts": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "json-depth"),
    ],
)
def test_unreadable_case_is_one_problem(content: bytes, code: str) -> None:
    """What cannot be read at all stops with one clear problem."""
    with pytest.raises(InputError) as caught:
        _read(content)
    assert [problem.code for problem in caught.value.problems] == [code]


def test_alias_bomb_is_refused() -> None:
    """Aliases that would grow without end are refused before they do."""
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    for before, name in zip("abcdefg", "bcdefgh", strict=True):
        lines.append(f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]")
    with pytest.raises(InputError):
        _read("\n".join(lines))


def test_unknown_section_is_refused_with_the_closest_name(codes: Codes) -> None:
    """A misspelt entity is named; the other sections go on, and the entity is not delivered."""
    facts = _read(f"{CASE}  delivry: []\n")
    assert codes(facts) == [("", "", "unknown_entity")]
    assert facts.refusals[0].expected == "delivery, the closest known name"
    assert facts.refusals[0].place == "facts.delivry"
    assert "delivery" not in facts.catalog


def test_section_that_is_no_list_is_refused(case: Case, codes: Codes) -> None:
    """An empty section must be written as [], since nothing could also mean forgotten."""
    facts = case({"team": None, "person": {"id": "p1"}, "client": ["k1"]})
    assert codes(facts) == [
        ("client", "", "not_an_object"),
        ("person", "", "not_a_list"),
        ("team", "", "not_a_list"),
    ]
    assert not facts.catalog["team"].complete


def test_absent_means_not_delivered(case: Case) -> None:
    """`[]` says there are none; an absent section says nothing, except of participants."""
    facts = case({"team": []})
    assert facts.catalog["team"].complete
    assert "bridging" not in facts.catalog
    assert facts.catalog["participant"].complete


def test_utrecht_has_ten_districts(case: Case, column: Column) -> None:
    """The ten districts hold until the facts bring districts of their own."""
    assert len(column(case({}), "district")) == 10
    own = case({"district": [{"id": "centrum", "name": "Centrum"}]})
    assert column(own, "district") == ["centrum"]


def test_unasked_sections_are_not_looked_at() -> None:
    """Facts of another compartment are not read, not even to refuse them."""
    content = f"{CASE}  bibob_inquiry: [{{id: 1}}]\n".encode()
    facts = read_facts(["-"], entities=["team"], stdin=BytesIO(content))
    assert facts.refusals == []
    assert "bibob_inquiry" not in facts.read


def test_settings_are_read() -> None:
    """Day, moment, parameters, exceptions and expectations stand in the settings."""
    facts = _read(
        "as_of: 2027-06-01\nknown_at: 2027-06-02T00:00:00Z\nparameters: {uptake_days: 10}\nfacts: {}\n"
        "expect: [{rule: SUB-01, subject: organisation/o2, outcome: finding}]\n"
        "exceptions: [{rule: SUB-03, subject: subcontract/s1, granted_by: college, reason: spoed, "
        "first_day: 2027-01-01, last_day: 2027-12-31}]\n"
    )
    settings = facts.settings
    assert settings.as_of == date(2027, 6, 1)
    assert settings.known_at is not None
    assert settings.parameters == {"uptake_days": 10}
    assert settings.expect is not None
    assert str(settings.exceptions[0].subject) == "subcontract/s1"


def test_all_flaws_of_settings_are_listed() -> None:
    """Every wrong setting is named at once, with the closest known key."""
    with pytest.raises(InputError) as caught:
        _read(
            "facts: {}\nas_off: x\nexpect: [{rule: SUB-01, subject: organisatie/o2, outcome: fnding}, "
            "{subject: organisation/o1, outcome: finding}]\nexceptions: [{rule: SUB-01, subject: o1, "
            "granted_by: '', reason: x, first_day: 2027-02-01, last_day: 2027-01-01}]\n"
        )
    text = str(caught.value)
    assert "Did you mean as_of?" in text
    for place in ("expect[0].outcome", "expect[1]", "exceptions[0].subject", "exceptions[0].granted_by"):
        assert place in text


def test_files_are_merged(tmp_path: Path, column: Column) -> None:
    """Several case files and folders are one delivery, in whatever order they are named."""
    first, second = tmp_path / "a.yaml", tmp_path / "set"
    first.write_text(f"{CASE}  team: []\nparameters: {{uptake_days: 10}}\n")
    second.mkdir()
    (second / "person.csv").write_text("id\np1\n")
    (second / "parameters.yaml").write_text("max_wait_days: {ambulatory: 42}\n")
    one = read_facts([str(first), str(second)], entities=delivered_entities())
    other = read_facts([str(second), str(first), str(first)], entities=delivered_entities())
    assert one.digest == other.digest
    assert one.settings == other.settings
    assert set(one.settings.parameters) == {"uptake_days", "max_wait_days"}
    assert column(one, "person") == column(other, "person") == ["p1"]


def test_contradicting_files_are_refused(tmp_path: Path) -> None:
    """Two files that give another day or number cannot both hold."""
    for name, day, number in (("a", "2027-06-01", 1), ("b", "2027-06-02", 2)):
        text = f"as_of: {day}\nfacts: {{}}\nparameters: {{uptake_days: {number}}}\n"
        (tmp_path / f"{name}.yaml").write_text(text)
    with pytest.raises(InputError) as caught:
        read_facts([str(tmp_path / "a.yaml"), str(tmp_path / "b.yaml")], entities=["contract"])
    assert [problem.code for problem in caught.value.problems] == ["case-conflict"] * 2


def test_free_text_of_a_case_may_have_lines(case: Case, codes: Codes, column: Column) -> None:
    """The motivation of a decision may run over lines; what else a terminal would obey is refused."""
    row = {"organisation_id": "o1", "kind": "pause", "decided_on": "2027-01-02"}
    texts = ("a\nb\tc\r\nd", "a\rb", "a\x1bb", "a\u2028b")
    rows = [row | {"id": f"d{number}", "motivation": text} for number, text in enumerate(texts)]
    facts = case({"decision": rows})
    assert column(facts, "decision", "motivation") == ["a\nb\tc\r\nd"]
    assert codes(facts) == [("decision", "motivation", "unsafe_text")] * 3


@pytest.mark.parametrize("written", [".5", "1.", "+1", "0x10", "0o10", "010", "1_000", "1e0", "1e2", "00.5"])
def test_number_of_a_case_is_in_plain_digits(codes: Codes, written: str) -> None:
    """A number that YAML knows but no table would take, or that may mean another one, refuses its row."""
    head = "facts:\n  contract: []\n  annual_account:\n"
    row = "{id: a1, organisation_id: o1, year: 2027, filed_on: 2028-01-01, revenue_eur: %s}"
    facts = _read(f"{head}  - {row % written}\n  - {row.replace('a1', 'a2') % '-10.50'}\n")
    assert codes(facts) == [("annual_account", "revenue_eur", "not_a_decimal")]
    assert facts.refusals[0].place == "facts.annual_account[0]"


def test_odd_number_is_no_text_or_whole_number(codes: Codes) -> None:
    """An id that looks like a number in another form is no text, and a year so written is no year."""
    row = "organisation_id: o1, filed_on: 2028-01-01"
    facts = _read(
        f"facts:\n  annual_account:\n  - {{id: 0x10, year: 2027, {row}}}\n  - {{id: a, year: +2027, {row}}}\n"
    )
    assert codes(facts) == [("annual_account", "id", "wrong_type"), ("annual_account", "year", "not_whole")]
    assert {refusal.shape for refusal in facts.refusals} == {"a number in another form than digits"}
