"""The two readings of the declarations agree on random cases, and order does not matter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.engine.judge import Declarations, HistoryFact, judge
from compliance.engine.judge.declaration import (
    DossierDeclaration,
    ExceptionDeclaration,
    FollowsFromDeclaration,
    SeverityDeclaration,
)
from compliance.engine.judge.isolation import engine_paths
from compliance.model.finding import Exemption, Observation, RowRef
from compliance.model.rule import SEVERITIES, Severity

AS_OF = date(2027, 6, 1)
IDS = st.sampled_from(["s1", "s2", "s3", '"😀$sid'])
RULE_IDS = ["SUB-01", "SUB-02", "ACC-01", "ACC-02", "BRG-01"]
SUBJECTS = st.builds(RowRef, st.sampled_from(["subcontract", "organisation"]), IDS)
DAYS = st.integers(-800, 3).map(lambda days: AS_OF + timedelta(days=days))
WORDS: dict[str, Any] = {"title": {"nl": "a", "en": "a"}, "why": {"nl": "a", "en": "a"}}


@dataclass(frozen=True)
class Meta:
    """What a rule says of itself."""

    severity: Severity
    family: str


def named(prefix: str, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each with a name of its own and words."""
    return [{**WORDS, **item, "name": f"{prefix}-{number}"} for number, item in enumerate(items)]


@st.composite
def declarations(draw: st.DrawFn) -> Declarations:
    """Any declarations; causes come before consequences in the list of rules, so there are no circles."""
    severity = st.sampled_from(SEVERITIES)
    history = st.sampled_from(["confirmed", "reported"])
    months = st.none() | st.integers(1, 24)
    steps = st.fixed_dictionaries({"history": history, "step": st.integers(-2, 2), "within_months": months})
    dossiers = st.fixed_dictionaries({"families": st.integers(1, 3), "severity": severity})
    ordered = st.lists(st.sampled_from(RULE_IDS), min_size=2, max_size=2, unique=True)
    relations = st.sampled_from(["same_subject", "same_organisation"])
    pairs = st.tuples(ordered.map(lambda two: sorted(two, key=RULE_IDS.index)), relations)
    return Declarations(
        tuple(
            ExceptionDeclaration(kind="exception", name="e", **WORDS) for _ in range(draw(st.integers(0, 1)))
        ),
        tuple(
            SeverityDeclaration(kind="severity", **one)
            for one in named("s", draw(st.lists(steps, max_size=3)))
        ),
        tuple(
            FollowsFromDeclaration(
                kind="follows_from", name=f"f-{n}", cause=two[0], consequence=two[1], subjects=how, **WORDS
            )
            for n, (two, how) in enumerate(draw(st.lists(pairs, max_size=4)))
        ),
        tuple(
            DossierDeclaration(kind="dossier", **one)
            for one in named("d", draw(st.lists(dossiers, max_size=3)))
        ),
    )


OBSERVATIONS = st.lists(
    st.builds(
        Observation,
        st.sampled_from(RULE_IDS),
        SUBJECTS,
        st.sampled_from(["finding", "finding", "finding", "not_assessable"]),
        about=st.none() | st.sampled_from(["o1", "o2", "s1", '"😀$sid']),
    ),
    unique_by=lambda one: (one.rule, one.subject),
    max_size=14,
)
EXEMPTIONS = st.lists(
    st.tuples(st.sampled_from(RULE_IDS), SUBJECTS, DAYS, DAYS).map(
        lambda row: Exemption(row[0], row[1], "jan", "x", min(row[2:]), max(row[2:]))
    ),
    max_size=6,
)
HISTORY = st.lists(
    st.builds(
        HistoryFact,
        st.sampled_from(RULE_IDS),
        SUBJECTS,
        st.sampled_from(["confirmed", "reported"]),
        DAYS,
        st.none() | DAYS,
    ),
    max_size=6,
)
METAS = st.tuples(*(st.sampled_from(SEVERITIES) for _ in RULE_IDS)).map(
    lambda ranks: {rule: Meta(rank, rule.split("-")[0]) for rule, rank in zip(RULE_IDS, ranks, strict=True)}
)


@pytest.mark.skipif(engine_paths() is None, reason="durable-rules does not import here")
@settings(deadline=None, max_examples=80)
@given(st.tuples(OBSERVATIONS, EXEMPTIONS, HISTORY), METAS, declarations(), st.randoms(use_true_random=False))
def test_readings_agree_in_any_order(
    rows: tuple[list[Observation], list[Exemption], list[HistoryFact]],
    rules: dict[str, Meta],
    declared: Declarations,
    random: Random,
) -> None:
    """The rule engine says what the plain reading says, and no order of rows changes the judgement."""
    observations, exemptions, history = rows
    one = judge(observations, rules, declared, exemptions, AS_OF, contract="c1", history=history)
    assert one.failures == ()
    assert one.notes == ()
    for some in rows:
        random.shuffle(some)
    assert one == judge(observations, rules, declared, exemptions, AS_OF, contract="c1", history=history)
