"""Pages and schemas say what the rules and the model say, and nothing else."""

from __future__ import annotations

import jsonschema
import pytest

from compliance.errors import UsageError
from compliance.model.schema import entities
from compliance.rulebook import Rulebook, load, read
from compliance.rulebook.editor import new_rule, rule_schema
from compliance.rulebook.factpages import case_schema, facts_page
from compliance.rulebook.lint import lint
from compliance.rulebook.pages import INDEX, pages

PATH = "brg/BRG-02_gap-in-bridging-care.yaml"


def test_a_rule_page(book: Rulebook) -> None:
    """The page holds the method, a worked example with its message, the norms, numbers and limits."""
    page = pages(book)["BRG-02.md"]
    for part in (
        "# BRG-02 Gat in de zorg", "*Gap in care*", "| Verplichtingen · Obligations | T5-09 |",
        "| `open_days` | `uncovered_days(from_day, as_of, mine)` |", "Finding when: `gap`",
        "Applies when: `waiting`", "Not assessable without: `r.service`", "Deviates since: `from_day`",
        "About organisation: `r.provider_id`", "**one day too many** — peildatum · as of 2027-03-10",
        "| b1 | r1 | 2027-03-07 |", "`bridge_start_days` = 3, `gap_days` = 2",
        "| `referral/r1` | vraagpunt · finding | open_days = 3 |", "3 dagen\n\n*3 days*",
        "- dialoogdocument, thema 5 — “overbruggingszorg”", "[Contractstandaard, art. 3.70](https://example.org)",
        "| `bridge_start_days` | begin *start* | to_agree | nog af te spreken · to be agreed |",
        "| `gap_days` | gat *gap* | technical | 0 day |", "- Soms\n  *Sometimes*", "4 expectations",
    ):  # fmt: skip
        assert part in page, part


def test_a_bare_rule_page(files: dict[str, str]) -> None:
    """What a rule lacks is said, not left out."""
    text = files[PATH]
    text = text[: text.index("examples:")]
    for line in (
        "needs: [r.service]\n",
        "deviates_since: from_day\n",
        "about: r.provider_id\n",
        "applies_when: waiting\n",
        "obligations: [T5-09]\n",
        "limits: [{nl: Soms, en: Sometimes}]\n",
    ):
        assert line in text
        text = text.replace(line, "")
    text = (
        text.replace("param.bridge_start_days", "1").replace("param.gap_days", "1 | 1").replace("1 | 1", "1")
    )
    page = pages(load({**files, PATH: text}))["BRG-02.md"]
    for part in ("Nog geen · None yet.", "Geen · None.", "Geen bekend · None known."):
        assert part in page
    for part in (
        "Applies when",
        "Not assessable without",
        "Deviates since",
        "About organisation",
        "Obligations",
    ):
        assert part not in page


def test_values_on_a_page(files: dict[str, str]) -> None:
    """Empty entities, maps, lists, flags and dated numbers are shown as people write them."""
    text = files[PATH].replace(
        "      bridging:\n        - {id: b1", "      team: []\n      bridging:\n        - {id: b1"
    )
    text = text.replace(
        "{bridge_start_days: 3, gap_days: 2}\n    facts:\n      contract: [{id: c1, title: t,",
        "{x: {a: [b, c]}, y: true, z: false}\n    facts:\n      contract: [{id: c1, title: 'a|b',",
    )
    text = text.replace("outcome: compliant}", "outcome: compliant, missing: [x]}")
    numbers = files["parameters.yaml"].replace("from: null", "from: 2027-01-01")
    page = pages(load({**files, PATH: text, "parameters.yaml": numbers}))["BRG-02.md"]
    for part in ("`team`: geen · none", "`x` = a: b, c, `y` = true, `z` = false", "a\\|b",
                 "ontbreekt · missing: x", "| 0 day (2027-01-01) |"):  # fmt: skip
        assert part in page, part


def test_the_index(files: dict[str, str]) -> None:
    """The index names every rule once, by family."""
    other = (
        files[PATH].replace("id: BRG-02", "id: BRG-03").replace("name: gap-in-bridging-care", "name: other")
    )
    other = other.replace("    parameters: {bridge_start_days: 3, gap_days: 2}\n", "")
    made = pages(load({**files, "brg/BRG-03_other.yaml": other}))
    assert sorted(made) == ["BRG-02.md", "BRG-03.md", INDEX]
    assert made[INDEX].count("## BRG") == 1
    assert made[INDEX].count("[BRG-02](BRG-02.md)") == made[INDEX].count("[BRG-03](BRG-03.md)") == 1
    assert "Getallen · Numbers: " not in made["BRG-03.md"]


def test_the_facts_page() -> None:
    """Every entity and every field stands on the page."""
    page = facts_page()
    for spec in entities().values():
        assert f"### {spec.name}\n\n{spec.description}" in page
    for part in (
        "| **first_day** | day |  |  |", "| last_day | day | P | not before first_day |",
        "| client_id | → client | ? | required when kind is client_bound; makes a stub",
        "| outcome | one of `none`, `lesser`, `serious` | ? | empty while concluded_on",
        "| sroi_pct | decimal, 4 places | ? | empty: a number nobody agreed yet; from 0 to 100 |",
        "| end_urgent | true or false | ? | empty reads as false |",
        "| holder_id | → person or organisation |",
        "| working_persons | whole number | ? | at least 0 |", "from 1900 to 2200",
    ):  # fmt: skip
        assert part in page, part


def test_the_schema_of_a_rule(book: Rulebook) -> None:
    """The editor schema accepts a whole rule and refuses unknown keys."""
    schema = rule_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    file = book.files["BRG-02"]
    rule = {**file.document.data, **file.example_document.data}
    jsonschema.validate(rule, schema, jsonschema.Draft202012Validator)
    assert list(jsonschema.Draft202012Validator(schema).iter_errors({**rule, "extra": 1}))


def test_the_schema_of_a_case(book: Rulebook) -> None:
    """The schema of a case accepts an example's facts and refuses a column that does not exist."""
    schema = case_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    facts = book.files["BRG-02"].examples[0].facts
    assert not list(validator.iter_errors({"as_of": "2027-03-10", "facts": facts}))
    assert list(validator.iter_errors({"facts": {"client": [{"id": "k1", "colour": "red"}]}}))
    assert list(
        validator.iter_errors({"facts": {"contract_year": [{"id": "y", "contract_id": "c", "year": 1}]}})
    )


def test_a_new_rule(book: Rulebook, files: dict[str, str]) -> None:
    """The template is a rule with nothing wrong but what is still to be filled in."""
    path, text = new_rule(book, "BRG-03", "late-bridging", "referral", "2027-01-01")
    assert path == "brg/BRG-03_late-bridging.yaml"
    new, problems = read({**files, path: text})
    assert {problem.code for problem in problems} == {"rule-logic"}
    assert {problem.code for problem in lint(new, files)} == {
        "obligation", "language", "placeholders", "example-expect",
    }  # fmt: skip


@pytest.mark.parametrize(("rule", "name", "subject", "hint"), [
    ("BRG-02", "x", "referral", "BRG-03 is free."),
    ("brg-3", "x", "referral", "For example: ACC-09."),
    ("BRG-03", "X y", "referral", "For example: gap-in-bridging-care; it says the wrong, not the cure."),
    ("BRG-03", "x", "referal", "Did you mean referral?"),
])  # fmt: skip
def test_no_new_rule(book: Rulebook, rule: str, name: str, subject: str, hint: str) -> None:
    """An id that is taken, and anything misspelt, is refused with the cure."""
    with pytest.raises(UsageError) as caught:
        new_rule(book, rule, name, subject, "2027-01-01")
    assert [problem.hint for problem in caught.value.problems] == [hint]
