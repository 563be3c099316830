"""Small worlds in memory, judged through the command; rows are given without what never varies."""

from __future__ import annotations

import json
from typing import Any

from tests.acceptance.desk import Answer, ask

Row = dict[str, Any]
CONTRACT: Row = {
    "id": "c1", "title": "Wmo", "contractor_id": "o1", "first_day": "2027-01-01", "last_day": "2030-12-31",
    "funding": "task", "sroi_pct": 5,
}  # fmt: skip
OUTCOMES = {"F": "finding", "C": "compliant", "U": "not_assessable", "N": "not_applicable", "-": "not judged"}


def world(as_of: str = "2027-06-01", parameters: Row | None = None, **facts: list[Row]) -> Row:
    """A case with the usual contract, unless `facts` brings contracts."""
    return {"as_of": as_of, "parameters": parameters or {}, "facts": {"contract": [CONTRACT], **facts}}


def judge(case: Row, *options: str) -> Answer:
    """All outcomes of the case for the rules that the options name."""
    text = json.dumps(case, ensure_ascii=False, default=str)
    answer = ask("check", "-", "--all", "-f", "json", "--contract", "c1", *options, stdin=text.encode())
    assert answer.code in (0, 1, 4), answer.err
    return answer


def rules(*names: str) -> list[str]:
    """The options that name these rules, in every compartment."""
    return ["--compartment", "all", *(part for name in names for part in ("-r", name))]


def differences(answer: Answer, expected: dict[str, dict[str, str]]) -> list[str]:
    """Where the answer is not what is expected: per rule and id a letter of OUTCOMES."""
    found = answer.outcomes()
    return [
        f"{rule} {subject}: {found.get((rule, subject), 'not judged')}, not {OUTCOMES[letter]}"
        for rule, letters in expected.items()
        for subject, letter in letters.items()
        if found.get((rule, subject), "not judged") != OUTCOMES[letter]
    ]


def values(answer: Answer, rule: str, subject: str) -> Row:
    """The values of one result."""
    (found,) = (
        item["values"]
        for item in answer.data["results"]
        if (item["rule"], item["subject"]["id"]) == (rule, subject)
    )
    result: Row = found
    return result
