"""A rule book of one small rule with its examples, and a way to change it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from compliance.rulebook import Rulebook, load

PATH = "cmp/CMP-01_open-too-long.yaml"
RULE = """\
id: CMP-01
name: open-too-long
kind: norm
severity: low
stage: active
since: 2027-01-01
addressee: contractor
compartment: contract
obligations: [T11-01]
norms: [{source: s, article: "1"}]
title: {nl: n, en: e}
why: {nl: n, en: e}
subject: complaint as k
let:
  open_days: days_between(k.received_on, first(k.handled_on, as_of))
conditions:
  late: open_days > param.complaint_days
flag_when: late
message: {nl: "{open_days} dagen", en: "{open_days} days"}
clears: {nl: n, en: e}
limits: [{nl: n, en: e}]
examples:
  - name: on the day and one day later
    as_of: 2027-03-31
    parameters: {complaint_days: 10}
    facts:
      contract: [{id: c1, title: t, contractor_id: o1, first_day: 2027-01-01, funding: task}]
      complaint:
        - {id: k1, contract_id: c1, organisation_id: o1, received_on: 2027-03-01, handled_on: 2027-03-11}
        - {id: k2, contract_id: c1, organisation_id: o1, received_on: 2027-03-01, handled_on: 2027-03-12}
    expect:
      - {subject: complaint/k1, outcome: compliant}
      - {subject: complaint/k2, outcome: finding, values: {open_days: 11}, evidence: []}
  - name: nobody agreed a number
    as_of: 2027-03-31
    facts:
      contract: [{id: c1, title: t, contractor_id: o1, first_day: 2027-01-01, funding: task}]
      complaint: [{id: k1, contract_id: c1, organisation_id: o1, received_on: 2027-03-01}]
    expect: [{subject: complaint/k1, outcome: not_assessable, missing: [complaint_days]}]
"""
NUMBERS = """\
complaint_days:
  unit: day
  type: int
  status: to_agree
  source: s
  meaning: {nl: n, en: e}
"""

Book = Callable[..., Rulebook]


@pytest.fixture
def book() -> Book:
    """Makes the rule book with texts of the rule replaced."""

    def make(*changes: tuple[str, str]) -> Rulebook:
        text = RULE
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        return load({PATH: text, "parameters.yaml": NUMBERS})

    return make
