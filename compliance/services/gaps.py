"""What was delivered and what was not, and which rules cannot be judged for it: a line per cause."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from compliance.language.tree import CheckedRule
from compliance.model.finding import Counts, Judged
from compliance.model.run import Delivery, Gap
from compliance.model.schema import ABSENT_MEANS_NONE, MADE_FROM, entities
from compliance.sources.facts import Facts


def delivered(facts: Facts) -> tuple[Delivery, ...]:
    """The entities that came, with their number of rows, in the order of the model."""
    came = {name for name in facts.came & facts.read if name not in _defaults(facts)}
    return tuple(Delivery(name, _count(facts, name)) for name in entities() if name in came)


def _defaults(facts: Facts) -> set[str]:
    """The entities that nobody delivered but that the product brings itself."""
    return {notice.entity for notice in facts.notices if notice.code == "default_districts"}


def _count(facts: Facts, entity: str) -> int:
    query = f"SELECT count(*) FROM fact.{entity} WHERE _source >= 0"  # a name of the model
    ((rows,),) = facts.connection.execute(query).fetchall()
    return int(rows)


def find_gaps(
    facts: Facts,
    rules: Sequence[CheckedRule],
    counts: Mapping[str, Counts],
    results: Iterable[Judged],
) -> tuple[Gap, ...]:
    """Entities and columns that did not come, each with the rules it keeps from judging some subject.

    A rule counts when a result names the gap as missing, or when its subjects are what did not come.
    """
    held: defaultdict[str, set[str]] = defaultdict(set)
    for rule_id, name in _named(results):
        for entity, field in _sources(name):
            if entity not in facts.catalog or _never_came(facts, entity):
                held[entity].add(rule_id)
            elif field and not facts.catalog[entity].delivers(field):
                held[f"{entity}.{field}"].add(rule_id)
    for rule in rules:
        if rule.id in counts and not _total(counts[rule.id]):
            for entity, _ in _sources(rule.subject.entity):
                if entity not in facts.catalog:
                    held[entity].add(rule.id)
    return tuple(sorted(Gap(name, tuple(sorted(ids))) for name, ids in held.items()))


def _named(results: Iterable[Judged]) -> set[tuple[str, str]]:
    """Each rule with each label that one of its results misses."""
    return {
        (result.observation.rule, item.field)
        for result in results
        if result.observation.outcome == "not_assessable"
        for item in result.observation.missing
        if item.field
    }


def _sources(label: str) -> Iterator[tuple[str, str]]:
    """The delivered entity (and field) behind a label such as `referral.started_on` or `tie`."""
    entity, _, field = label.partition(".")
    if entity in MADE_FROM:
        yield from ((source, "") for source in MADE_FROM[entity] if source not in ABSENT_MEANS_NONE)
    elif entity in entities():
        yield entity, field


def _never_came(facts: Facts, entity: str) -> bool:
    """Whether all that is known of the entity are stubs."""
    return entity not in facts.came and not any(refusal.entity == entity for refusal in facts.refusals)


def _total(counts: Counts) -> int:
    return counts.finding + counts.compliant + counts.not_assessable + counts.not_applicable
