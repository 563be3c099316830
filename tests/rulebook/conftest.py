"""A small rule book, whole and without flaws, that tests take apart."""

from __future__ import annotations

import pytest

from compliance.rulebook import Rulebook, load

PATH = "brg/BRG-02_gap-in-bridging-care.yaml"
RULE = """\
id: BRG-02
name: gap-in-bridging-care
kind: norm
severity: high
stage: active
since: 2027-01-01
addressee: contractor
compartment: contract
needs: [r.service]
number_day: r.received_on
deviates_since: from_day
about: r.provider_id
obligations: [T5-09]
norms:
  - {source: dialoogdocument, theme: "5", quote: overbruggingszorg}
  - {source: Contractstandaard, article: "3.70", url: "https://example.org"}
title: {nl: Gat in de zorg, en: Gap in care}
why: {nl: Wachten helpt niet, en: Waiting does not help}
subject: referral as r
let:
  from_day: r.received_on + days(param.bridge_start_days)
  mine: "[b for b in bridging if b.referral_id == r.id]"
  open_days: uncovered_days(from_day, as_of, mine)
conditions:
  waiting: r.withdrawn_on is None and r.refused_on is None
  gap: open_days > param.gap_days
applies_when: waiting
flag_when: gap
evidence: {bridging: mine}
message: {nl: "{open_days} dagen", en: "{open_days} days"}
clears: {nl: Zorg, en: Care}
limits: [{nl: Soms, en: Sometimes}]
equivalent_mutants:
  - {mutant: "conditions.gap: > → <=", reason: for the sake of the test}
examples:
  - name: one day too many
    as_of: 2027-03-10
    parameters: {bridge_start_days: 3, gap_days: 2}
    facts:
      contract: [{id: c1, title: t, contractor_id: o1, first_day: 2027-01-01, funding: task, sroi_pct: 5}]
      referral:
        - {id: r1, contract_id: c1, client_id: k1, service: ambulatory, received_on: 2027-03-01}
        - {id: r2, contract_id: c1, client_id: k2, service: ambulatory, received_on: 2027-03-02}
        - {id: r3, contract_id: c1, client_id: k3, service: ambulatory, received_on: 2027-03-02,
           refused_on: 2027-03-03}
      bridging:
        - {id: b1, referral_id: r1, first_day: 2027-03-07}
        - {id: b2, referral_id: r2, first_day: 2027-03-07}
    expect:
      - {subject: referral/r1, outcome: finding, values: {open_days: 3}, evidence: [bridging/b1]}
      - {subject: referral/r2, outcome: compliant}
      - {subject: referral/r3, outcome: not_applicable}
  - name: nothing known of bridging
    as_of: 2027-03-10
    parameters: {bridge_start_days: 3, gap_days: 2}
    facts:
      contract: [{id: c1, title: t, contractor_id: o1, first_day: 2027-01-01, funding: task}]
      referral: [{id: r1, contract_id: c1, client_id: k1, service: ambulatory, received_on: 2027-03-01}]
    expect: [{subject: referral/r1, outcome: not_assessable, missing: [bridging]}]
"""
NUMBERS = """\
bridge_start_days:
  unit: day
  type: int
  status: to_agree
  source: nog af te spreken
  meaning: {nl: begin, en: start}
gap_days:
  unit: day
  type: int
  status: technical
  source: meetkeuze
  meaning: {nl: gat, en: gap}
  values: [{from: null, value: 0}]
"""


@pytest.fixture
def files() -> dict[str, str]:
    """The files of the rules folder."""
    return {PATH: RULE, "parameters.yaml": NUMBERS, "judgement/chains.yaml": "not: a rule"}


@pytest.fixture
def book(files: dict[str, str]) -> Rulebook:
    """The rule book in those files."""
    return load(files)
