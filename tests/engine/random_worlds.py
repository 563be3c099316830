"""Small, dense, unlikely worlds: days on boundaries, crossing chains, missing fields, odd ids, stubs.

A world is a case as a file would hold it; beside the fields a row may name, under `_lacks`, fields it was
delivered without. Each row is drawn from its own seed, so that a smaller world keeps the rows it has.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

from hypothesis import strategies as st

from compliance.model.schema import STUBBED, EntitySpec, FieldSpec, delivered_entities, entities
from tests.engine.worlds import LACKS

AS_OF = (date(2028, 2, 29), date(2027, 12, 31), date(2028, 1, 1), date(2028, 3, 31), date(2026, 12, 31))
FIRST_DAY = date(2027, 1, 1)
MOST_ROWS = {
    "contract": 1,
    "district": 3,
    "delivery": 14,
    "organisation": 6,
    "subcontract": 8,
    "control": 8,
    "referral": 8,
    "bridging": 10,
    "annual_account": 10,
    "credential": 8,
    "employment": 8,
    "bibob_inquiry": 6,
    "sroi_entry": 6,
}
# How often a field that may be empty is filled, where that is not seven times in ten.
FILLED = {
    "referral.withdrawn_on": 0.1,
    "referral.refused_on": 0.3,
    "referral.started_on": 0.6,
    "referral.ended_on": 0.5,
    "referral.end_urgent": 0.3,
    "employment.continues_since": 0.1,
    "credential.expires_on": 0.3,
    "organisation.dissolved_on": 0.2,
    "subcontract.last_day": 0.4,
    "control.last_day": 0.3,
    "team.last_day": 0.4,
    "participant.last_day": 0.4,
    "delivery.person_id": 0.9,
}
ODD = ("", "", "", "'", '"', "=1+1", "😀", " – ", "é", ";--", "\\", "%")
TEXTS = {
    "kind": ("order_letter", "budget", "order_letter", "evaluation"),
    "session_id": ("s1", "s2"),
    "candidate_id": ("k1", "k2"),
    "function_level": ("hbo", "mbo"),
}
CODES = {
    "service": ("ambulatory", "ambulatory", "specialist_day", "open_day"),
    "end_reason": ("provider", "provider", "planned"),
    "form": ("agency", "employee", "employee"),
}
DECIMALS = {
    "hours": ("0", "0.25", "1.3333", "8", "8.5", "16", "16.0001"),
    "sroi_pct": ("0", "5", "2.5"),
    "value_eur": ("0", "0.01", "50.00", "100", "1000", "-25.50"),
}
INTS = {"year": (2025, 2026, 2027, 2028), "working_persons": (0, 1, 2), "decision_duration_months": (0, 6)}
# Numbers that worlds set, with what they may be.
NUMBERS: dict[str, tuple[Any, ...]] = {
    "uptake_days": (0, 10),
    "bridge_start_days": (0, 5),
    "max_bridging_days": (0, 30),
    "organise_days": (0, 7),
    "max_wait_days": ({"ambulatory": 0}, {"ambulatory": 30, "open_day": 31}),
    "min_own_share_pct": (0, "33.33", 50),
    "report_days": ({"calamity": 0, "violence": 1},),
    "bibob_screen_days": (0, 30),
    "signal_assess_days": (0, 30),
    "sroi_membership_max_pct": (0, "33.33"),
    "max_margin_pct": (0, 10),
    "complaint_days": (0, 30),
    "wtta_ban_from": ("2027-01-01", "2028-01-01"),
    "vog_max_age_months": (1, 12),
    "vog_fresh_months": (0, 1, 3),
    "control_report_days": (0, 7),
    "max_chain_depth": (0, 1, 2),
    "hub_limit": (1, 2),
    "related_hops": (1, 3, 4),
    "bibob_hops": (1, 2),
    "bridge_gap_tolerance_days": (0, 2),
    "handover_days": (0, 14),
    "client_bound_max": (0, 1),
    "negative_years": (1, 2, 3),
    "min_solvency_pct": (0, 20, 50),
    "bibob_years": (1, 5),
    "max_hours_per_day": (8, 16),
    "sroi_tolerance_pct": (0, 10),
    "sroi_close_days": (0, 31),
    "early_report_days": (0, 180),
    "end_notice_months": (0, 1),
}


@st.composite
def cases(draw: st.DrawFn, *, gaps: bool = True) -> dict[str, Any]:
    """A case; with `gaps` also entities and columns that were not delivered."""
    as_of = draw(st.sampled_from(AS_OF))
    seed = draw(st.integers(0, 2**32))
    sizes = {
        name: draw(st.integers(1 if name == "contract" else 0, MOST_ROWS.get(name, 4)))
        for name in delivered_entities()
    }
    maker = _Maker(seed, as_of, sizes)
    facts = {name: maker.rows(entities()[name]) for name in sizes}
    if draw(st.booleans()):
        facts["contract"].append(maker.row(entities()["contract"], 1))
    if gaps:
        for name in draw(st.sets(st.sampled_from(delivered_entities()), max_size=2)) - {"contract"}:
            del facts[name]
        for name in draw(st.sets(st.sampled_from(sorted(facts)), max_size=3)):
            _drop_columns(seeded(seed, name), name, facts[name])
    share = draw(st.sampled_from((0.0, 0.6, 1.0)))
    chooser = seeded(seed)
    names = [name for name in sorted(NUMBERS) if chooser.random() < share]
    return {
        "as_of": as_of.isoformat(),
        "parameters": {name: chooser.choice(NUMBERS[name]) for name in names},
        "facts": facts,
    }


def seeded(*parts: object) -> Random:
    """Chances that are the same whenever the parts are."""
    return Random("/".join(map(str, parts)))  # noqa: S311 - worlds, not secrets


def _drop_columns(random: Random, entity: str, rows: list[dict[str, Any]]) -> None:
    """All rows, or every other one as if they came in a second file, lack a few columns."""
    names = [name for name in entities()[entity].fields if name != "id"]
    lacked = random.sample(names, min(len(names), random.randint(1, 3)))
    anchor = entities()[entity].anchor
    lacked += [anchor] if anchor and anchor not in lacked and random.random() < 0.2 else []
    for row in rows[:: random.choice((1, 2))]:
        row[LACKS] = lacked
        for name in lacked:
            row.pop(name, None)


class _Maker:
    def __init__(self, seed: int, as_of: date, sizes: dict[str, int]) -> None:
        self.seed = seed
        self.as_of = as_of
        self.sizes = sizes
        random = seeded(seed)
        near = (as_of, FIRST_DAY, date(as_of.year, 1, 1), as_of - timedelta(days=31))
        self.days = sorted(
            {day + timedelta(days=random.choice((-1, 0, 0, 1))) for day in near for _ in range(2)}
            | {as_of - timedelta(days=random.randint(2, 500)) for _ in range(4)}
            | {as_of + timedelta(days=random.randint(1, 60)), date(2028, 2, 29), date(2027, 1, 31), as_of}
        )

    def identifier(self, entity: str, number: int) -> str:
        odd = seeded(self.seed, entity, "id", number).choice(ODD)
        return f"{entity[:3]}{odd}{number}"

    def rows(self, spec: EntitySpec) -> list[dict[str, Any]]:
        found = (self.row(spec, number) for number in range(self.sizes[spec.name]))
        return [row for row in found if self._possible(spec, row)]

    def row(self, spec: EntitySpec, number: int) -> dict[str, Any]:
        random = seeded(self.seed, spec.name, number)
        row = {"id": self.identifier(spec.name, number)}
        for field in list(spec.fields.values())[1:]:
            if field.required or random.random() < FILLED.get(field.label, 0.7):
                value = self.value(field, random)
                if value is not None:
                    row[field.name] = value
        for first, second in spec.orders:
            if first in row and second in row and row[second] < row[first]:
                row[first], row[second] = row[second], row[first]
        for name, code, required in spec.demands:
            if row.get(name) == code and required not in row:
                row[required] = self.value(spec.fields[required], random)
        return row

    def value(self, field: FieldSpec, random: Random) -> Any:
        if field.type == "ref":
            return self._reference(field, random)
        if field.type == "day":
            if field.entity == "contract":
                return (FIRST_DAY if field.name == "first_day" else random.choice(self.days[-4:])).isoformat()
            return random.choice(self.days).isoformat()
        if field.type == "code":
            return random.choice(CODES.get(field.name) or field.codes)
        if field.type == "decimal":
            return random.choice(DECIMALS.get(field.name, ("0", "10", "33.33", "99.99", "0.01")))
        if field.type in ("int", "bool"):
            return random.choice((False, True) if field.type == "bool" else INTS.get(field.name, (0, 1, 2)))
        if field.name in ("kvk_number", "agb_code"):
            return "01234567"
        return random.choice(TEXTS.get(field.name, ("x", "y'z")))

    def _reference(self, field: FieldSpec, random: Random) -> str | None:
        target = random.choice(field.targets)
        if target == "contract":
            return self.identifier("contract", 0 if random.random() < 0.85 else 1)
        count = self.sizes[target]
        if target in STUBBED and (not count or random.random() < 0.12):
            return f"{target[:3]}-stub{random.randint(0, 1)}"
        return self.identifier(target, random.randrange(count)) if count else None

    def _possible(self, spec: EntitySpec, row: dict[str, Any]) -> bool:
        required = (field.name for field in spec.fields.values() if field.required)
        return all(name in row for name in required)
