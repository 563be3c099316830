"""The JSON Schema of a rule file, for editors; and a template for a new rule that lint leads through."""

from __future__ import annotations

import re
from typing import Any

from compliance.errors import Problem, UsageError, closest
from compliance.model.rule import Rule
from compliance.model.schema import delivered_entities
from compliance.rulebook.book import Rulebook

ID = re.compile(r"[A-Z]{3}-[0-9]{2,3}")
NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
TEMPLATE = """\
id: {id}
name: {name}
kind: norm                 # norm: a deviation from law or contract · signal: an indication for a person
severity: medium           # info | low | medium | high | critical
stage: draft               # draft | active | deprecated | withdrawn
since: {since}
addressee: contractor      # contractor | subcontractor | municipality
compartment: contract      # contract | supervision | bibob: what it may read and who may see it
obligations: [TODO]        # T5-09, CS-21, …
norms:
  - {{source: TODO, article: "TODO", quote: TODO}}
title:
  nl: TODO
  en: TODO what is wrong, in a few words
why:
  nl: TODO
  en: TODO why it matters, to whom
subject: {subject} as x
let: {{}}                    # name: expression, usable in what follows
conditions:
  wrong: TODO              # an expression that is true, false or unknown
# applies_when: …          # leave out when the rule is about every {subject}
flag_when: wrong
# evidence: {{entity: list}}
message:
  nl: TODO
  en: TODO a question to a person, with {{values}} that are lets
clears:
  nl: TODO
  en: TODO what would take the question away
limits:
  - nl: TODO
    en: TODO when the rule errs
examples:
  - name: TODO the boundary pair, one day or one unit apart
    as_of: {since}
    facts:
      contract:
        - {{id: c1, title: Wmo, contractor_id: o1, first_day: 2027-01-01, funding: task}}
      {subject}: []
    expect:
      - {{subject: {subject}/x1, outcome: finding}}
      - {{subject: {subject}/x2, outcome: compliant}}
      - {{subject: {subject}/x3, outcome: not_assessable}}
"""


def rule_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a rule file."""
    schema = Rule.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "Rule"}


def new_rule(book: Rulebook, rule: str, name: str, subject: str, since: str) -> tuple[str, str]:
    """The path (below the rules folder) and text of a new rule file, with everything still to fill in.

    Raises: UsageError for an id that is taken or malformed, a name that is no name, an unknown subject.
    """
    problems = []
    if not ID.fullmatch(rule):
        problems.append(Problem(rule, "new-id", "This is no id of a rule.", "For example: ACC-09."))
    elif rule in book.files:
        free = _next_free(book, rule)
        problems.append(Problem(rule, "new-id", "This id is taken.", f"{free} is free."))
    if not NAME.fullmatch(name):
        hint = "For example: gap-in-bridging-care; it says the wrong, not the cure."
        problems.append(Problem(name, "new-name", "This is no name of a rule.", hint))
    if subject not in delivered_entities():
        hint = closest(subject, delivered_entities())
        problems.append(Problem(subject, "new-subject", "There is no such entity.", hint))
    if problems:
        raise UsageError(problems)
    text = TEMPLATE.format(id=rule, name=name, subject=subject, since=since)
    return f"{rule.partition('-')[0].lower()}/{rule}_{name}.yaml", text


def _next_free(book: Rulebook, rule: str) -> str:
    family = rule.partition("-")[0]
    taken = [int(known.partition("-")[2]) for known in book.files if known.startswith(f"{family}-")]
    return f"{family}-{max(taken, default=0) + 1:02d}"
