"""What may go is what has outlived its term and what no row needs any more; the rest stays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from compliance.services.retention.due import Due, due_rows
from compliance.services.retention.policy import shipped_policy

CAME = datetime(2010, 1, 1, tzinfo=UTC)
LATELY = datetime(2041, 1, 1, tzinfo=UTC)
AS_OF = date(2042, 6, 1)


class Rows:
    """Rows by entity and id, as a vault gives them; `withdrawn` were taken back."""

    def __init__(self, rows: dict[str, dict[str, dict[str, Any]]], withdrawn: Sequence[str] = ()) -> None:
        self.rows, self.withdrawn = rows, withdrawn

    def every_row(self, entity: str, fields: Sequence[str]) -> list[tuple[Any, ...]]:
        found = self.rows.get(entity, {})
        return [
            (key, *(row.get(name, CAME if name == "_recorded_at" else None) for name in fields))
            for key, row in sorted(found.items())
        ]

    def current_values(self, entity: str, fields: Sequence[str]) -> list[tuple[Any, ...]]:
        assert fields == ["id"]
        return [(key,) for key in self.rows.get(entity, {}) if key not in self.withdrawn]


def found(rows: dict[str, Any], as_of: date = AS_OF, **settings: Any) -> Due:
    """What the shipped terms let go of these rows."""
    return due_rows(Rows(rows, **settings), shipped_policy(), as_of)


def test_an_inquiry_goes_with_its_measures() -> None:
    """Five years after the conclusion; an inquiry that still runs, and its measures, stay."""
    rows: dict[str, Any] = {
        "bibob_inquiry": {
            "old": {"organisation_id": "o1", "concluded_on": date(2022, 5, 31)},
            "fresh": {"organisation_id": "o1", "concluded_on": date(2022, 6, 1)},
            "open": {"organisation_id": "o1", "opened_on": date(2010, 1, 1)},
        },
        "bibob_measure": {
            "m1": {"inquiry_id": "old", "due_on": date(2030, 1, 1)},
            "m2": {"inquiry_id": "fresh", "due_on": date(2010, 1, 1)},
            "m3": {"inquiry_id": "open", "due_on": date(2010, 1, 1)},
        },
    }
    due = found(rows, date(2027, 6, 1))
    assert due.rows == {"bibob": {"bibob_inquiry": ("old",), "bibob_measure": ("m1",)}}
    assert due.held == {}


def test_what_was_taken_back_goes_in_the_end() -> None:
    """An inquiry that was withdrawn before it was concluded counts from when it came."""
    rows: dict[str, Any] = {
        "bibob_inquiry": {"w": {"organisation_id": "o1"}, "open": {"organisation_id": "o1"}}
    }
    assert found(rows, withdrawn=("w",)).rows == {"bibob": {"bibob_inquiry": ("w",)}}


def test_a_row_whose_own_never_came_goes_in_the_end() -> None:
    """A measure that waits for an inquiry counts from when it came."""
    rows: dict[str, Any] = {
        "bibob_measure": {"old": {"inquiry_id": "x"}, "new": {"inquiry_id": "x", "_recorded_at": LATELY}}
    }
    assert found(rows).rows == {"bibob": {"bibob_measure": ("old",)}}


def test_a_row_that_another_needs_stays() -> None:
    """A referral whose last delivery is younger stays, with its bridging care; the older deliveries go."""
    rows: dict[str, Any] = {
        "referral": {"r1": {"client_id": "k1", "ended_on": date(2027, 1, 1)},
                     "r2": {"client_id": "k2", "ended_on": date(2027, 1, 1), "refused_on": date(2026, 1, 1)},
                     "r3": {"client_id": "k2"}},
        "bridging": {"b1": {"referral_id": "r1"}, "b2": {"referral_id": "r2"}},
        "delivery": {"d1": {"referral_id": "r1", "client_id": "k1", "day": date(2027, 1, 1)},
                     "d2": {"referral_id": "r1", "client_id": "k1", "day": date(2027, 6, 2)},
                     "d3": {"referral_id": "r2", "client_id": "k2", "day": date(2027, 1, 1)}},
    }  # fmt: skip
    due = found(rows)
    assert due.rows == {
        "care": {"referral": ("r2",), "bridging": ("b2",), "delivery": ("d1", "d3")},
    }
    assert due.held == {"bridging": 1, "referral": 1}


def test_a_client_goes_when_nobody_refers_to_it() -> None:
    """A pseudonym without any row goes after the term; a subcontract for one client keeps it."""
    rows: dict[str, Any] = {
        "client": {"k1": {}, "k2": {}, "k3": {}, "k4": {"_recorded_at": LATELY}},
        "delivery": {"d1": {"client_id": "k1", "day": date(2027, 1, 1)}},
        "subcontract": {"s1": {"client_id": "k2", "principal_id": "o1", "subcontractor_id": "o2"}},
    }
    due = found(rows)
    assert due.rows["care"]["client"] == ("k1", "k3")
    assert due.held == {"client": 1}


def test_what_is_not_agreed_stays_forever() -> None:
    """Staff, signals and agreements have no term yet, so none of them goes."""
    rows: dict[str, Any] = {
        "employment": {"e1": {"person_id": "p1", "organisation_id": "o1", "last_day": date(1990, 1, 1)}},
        "signal": {"s1": {"organisation_id": "o1", "closed_on": date(1990, 1, 1)}},
        "person": {"p9": {}},
    }
    assert found(rows) == Due()
