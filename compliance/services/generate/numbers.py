"""A complete example set of the contract's numbers that nobody has agreed yet.

Examples, not advice: they let every rule of the generated world be judged.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

UPTAKE_DAYS = 14
BRIDGE_START_DAYS = 7
MAX_BRIDGING_DAYS = 120
ORGANISE_DAYS = 14
MAX_WAIT_DAYS = {
    "ambulatory": 42, "specialist_day": 42, "open_day": 28, "short_stay": 42, "household_help": 28,
}  # fmt: skip
REPORT_DAYS = {
    "calamity": 3, "violence": 3, "data_breach": 1, "enforcement": 7, "supervision_measure": 7,
    "continuity_risk": 7,
}  # fmt: skip
SHORTEST_MAX_WAIT = min(MAX_WAIT_DAYS.values())
LONGEST_MAX_WAIT = max(MAX_WAIT_DAYS.values())
MIN_OWN_SHARE_PCT = 70
BIBOB_SCREEN_DAYS = 90
SIGNAL_ASSESS_DAYS = 14
SROI_PCT = 5
SROI_MEMBERSHIP_MAX_PCT = 10
MAX_MARGIN_PCT = 10
COMPLAINT_DAYS = 42
VOG_MAX_AGE_MONTHS = 36
VOG_FRESH_MONTHS = 3
CONTROL_REPORT_DAYS = 7


def example_numbers(as_of: date) -> Mapping[str, int | date | Mapping[str, int]]:
    """Every number without a value in the rule book, with an example value, by name."""
    return {
        "bibob_screen_days": BIBOB_SCREEN_DAYS,
        "bridge_start_days": BRIDGE_START_DAYS,
        "complaint_days": COMPLAINT_DAYS,
        "control_report_days": CONTROL_REPORT_DAYS,
        "max_bridging_days": MAX_BRIDGING_DAYS,
        "max_margin_pct": MAX_MARGIN_PCT,
        "max_wait_days": MAX_WAIT_DAYS,
        "min_own_share_pct": MIN_OWN_SHARE_PCT,
        "organise_days": ORGANISE_DAYS,
        "report_days": REPORT_DAYS,
        "signal_assess_days": SIGNAL_ASSESS_DAYS,
        "sroi_membership_max_pct": SROI_MEMBERSHIP_MAX_PCT,
        "uptake_days": UPTAKE_DAYS,
        "vog_fresh_months": VOG_FRESH_MONTHS,
        "vog_max_age_months": VOG_MAX_AGE_MONTHS,
        "wtta_ban_from": date(as_of.year, 1, 1),
    }
