"""The six measured rules in Polars, lazily and straight from the files: joins on equality, then a filter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import Path

import polars as pl
from polars import LazyFrame, col

from compliance.services.generate.numbers import BRIDGE_START_DAYS, UPTAKE_DAYS, VOG_MAX_AGE_MONTHS

Tables = Mapping[str, LazyFrame]
FAR = date(9999, 12, 31)
HUB_LIMIT, SROI_CLOSE_DAYS, BIBOB_YEARS = 25, 31, 5


def tables(folder: Path, names: tuple[str, ...]) -> Tables:
    """The files, opened but not read."""
    return {name: pl.scan_parquet(folder / f"{name}.parquet") for name in names}


def judge(given: Tables, as_of: date) -> dict[str, set[str]]:
    """The ids of the subjects that are findings, per rule."""
    return {rule: write(given, as_of) for rule, write in RULES.items()}


def _ids(frame: LazyFrame, name: str = "id") -> set[str]:
    return set(frame.select(name).unique().collect().get_column(name))


def _started_after(name: str, as_of: date) -> pl.Expr:
    return col(name).is_null() | (col(name) > as_of)


def _since_contract(given: Tables, as_of: date) -> LazyFrame:
    """Referrals that were received and neither withdrawn nor refused by the day; `since` is the later day."""
    start = given["contract"].select(col("first_day").alias("begun"))
    return (
        given["referral"]
        .filter(
            (col("received_on") <= as_of)
            & _started_after("withdrawn_on", as_of)
            & _started_after("refused_on", as_of)
        )
        .join(start, how="cross")
        .with_columns(pl.max_horizontal("received_on", "begun").alias("since"))
    )


def _acc_08(given: Tables, as_of: date) -> set[str]:
    bridged = given["bridging"].filter(col("first_day") <= as_of).select("referral_id")
    late = _since_contract(given, as_of).filter(
        _started_after("started_on", as_of) & (pl.lit(as_of) - col("since") > timedelta(UPTAKE_DAYS))
    )
    return _ids(late.join(bridged, left_on="id", right_on="referral_id", how="anti"))


def _brg_02(given: Tables, as_of: date) -> set[str]:
    day = timedelta(1)
    waiting = (
        _since_contract(given, as_of)
        .with_columns(
            (col("since") + timedelta(BRIDGE_START_DAYS)).alias("from_day"),
            pl.when(col("started_on") <= as_of)
            .then(col("started_on") - day)
            .otherwise(pl.lit(as_of))
            .alias("until_day"),
        )
        .filter(col("from_day") <= col("until_day"))
        .select("id", "from_day", "until_day")
    )
    periods = given["bridging"].select("referral_id", "first_day", "last_day")
    bridged = (
        waiting.join(periods, left_on="id", right_on="referral_id")
        .with_columns(col("last_day").fill_null(col("until_day")))
        .filter((col("first_day") <= col("until_day")) & (col("last_day") >= col("from_day")))
    )
    starts = bridged.select("id", col("from_day").alias("day"))
    ends = bridged.filter(col("last_day") < col("until_day")).select(
        "id", (col("last_day") + day).alias("day")
    )
    candidates = pl.concat([starts, ends]).unique()
    covered = (
        candidates.join(bridged.select("id", "first_day", "last_day"), on="id")
        .filter((col("day") >= col("first_day")) & (col("day") <= col("last_day")))
        .select("id", "day")
    )
    return _ids(candidates.join(covered, on=["id", "day"], how="anti"))


def _sub_01(given: Tables, as_of: date) -> set[str]:
    contractor = given["contract"].select(col("contractor_id").alias("provider_id"))
    care = (
        given["delivery"]
        .filter(col("day") <= as_of)
        .select("id", "provider_id", "client_id", "day")
        .join(contractor, on="provider_id", how="anti")
    )
    members = given["participant"].select(
        col("organisation_id").alias("provider_id"), "first_day", col("last_day").fill_null(FAR)
    )
    hired = (
        given["subcontract"]
        .filter(col("first_day") <= as_of)
        .select(
            col("subcontractor_id").alias("provider_id"),
            col("client_id").alias("for_client"),
            "kind",
            "first_day",
            col("last_day").fill_null(FAR),
        )
    )
    in_time = (col("day") >= col("first_day")) & (col("day") <= col("last_day"))
    own = care.join(members, on="provider_id").filter(in_time).select("id")
    fixed = hired.filter(col("kind") == "fixed")
    bound = hired.filter(col("kind") == "client_bound")
    by_fixed = care.join(fixed, on="provider_id").filter(in_time).select("id")
    keys = {"left_on": ["provider_id", "client_id"], "right_on": ["provider_id", "for_client"]}
    by_bound = care.join(bound, **keys).filter(in_time).select("id")
    left = care
    for allowed in (own, by_fixed, by_bound):
        left = left.join(allowed, on="id", how="anti")
    return _ids(left, "provider_id")


def _pro_01(given: Tables, as_of: date) -> set[str]:
    worked = (
        given["delivery"]
        .filter(col("person_id").is_not_null() & (col("day") <= as_of))
        .select("person_id", "day")
        .unique()
    )
    vog = (
        given["credential"]
        .filter(col("kind") == "vog")
        .select(
            "person_id",
            "issued_on",
            pl.min_horizontal(
                col("issued_on").dt.offset_by(f"{VOG_MAX_AGE_MONTHS}mo"), col("expires_on")
            ).alias("until_day"),
        )
    )
    valid = (
        worked.join(vog, on="person_id")
        .filter((col("day") >= col("issued_on")) & (col("day") <= col("until_day")))
        .select("person_id", "day")
    )
    return _ids(worked.join(valid, on=["person_id", "day"], how="anti"), "person_id")


def _bib_06(given: Tables, as_of: date) -> set[str]:
    """The graph is small: sets walked in Python, from the few adverse organisations outward."""

    def rows(name: str, *fields: str) -> list[tuple[str, ...]]:
        frame = given[name]
        if "first_day" in frame.collect_schema().names():
            frame = frame.filter((col("first_day") <= as_of) & (col("last_day").fill_null(as_of) >= as_of))
        return frame.select(*fields).collect().rows()

    (contractor,) = (row[0] for row in given["contract"].select("contractor_id").collect().rows())
    hires = rows("subcontract", "principal_id", "subcontractor_id")
    chain = {contractor, *(row[0] for row in rows("participant", "organisation_id"))}
    while found := {b for a, b in hires if a in chain} - chain:
        chain |= found
    latest = (
        given["bibob_inquiry"]
        .filter(
            (col("concluded_on") <= as_of) & (col("concluded_on").dt.offset_by(f"{BIBOB_YEARS}y") >= as_of)
        )
        .sort("concluded_on", "id")
        .group_by("organisation_id", maintain_order=True)
        .last()
        .filter(col("outcome").is_in(["lesser", "serious"]))
    )
    steps: dict[str, set[str]] = {}
    held: dict[str, set[str]] = {}
    for holder, organisation, kind in rows("control", "holder_id", "organisation_id", "kind"):
        if kind != "proxy":
            steps.setdefault(holder, set()).add(organisation)
            steps.setdefault(organisation, set()).add(holder)
            held.setdefault(holder, set()).add(organisation)
    hubs = {holder for holder, organisations in held.items() if len(organisations) > HUB_LIMIT}
    flagged: set[str] = set()
    for origin in _ids(latest, "organisation_id"):
        first = steps.get(origin, set())
        near = first | {b for a in first - hubs for b in steps[a]}
        flagged |= (near & chain) - {origin}
    return flagged


def _sro_01(given: Tables, as_of: date) -> set[str]:
    realised = (
        given["sroi_entry"]
        .filter((col("first_day") <= as_of) & (col("approved_on") <= as_of))
        .group_by(col("first_day").dt.year().cast(pl.Int64).alias("year"))
        .agg(col("value_eur").sum().alias("realised_eur"))
    )
    years = given["contract_year"].with_columns(col("year").cast(pl.Int64))
    closed = pl.lit(as_of) - pl.date(col("year"), 12, 31) > timedelta(SROI_CLOSE_DAYS)
    owed = col("value_eur") * col("sroi_pct") / 100
    short = (
        years.join(given["contract"].select("sroi_pct"), how="cross")
        .join(realised, on="year", how="left")
        .filter(closed & (col("realised_eur").fill_null(0) < owed))
    )
    return _ids(short)


RULES: Mapping[str, Callable[[Tables, date], set[str]]] = {
    "ACC-08": _acc_08,
    "BRG-02": _brg_02,
    "SUB-01": _sub_01,
    "PRO-01": _pro_01,
    "BIB-06": _bib_06,
    "SRO-01": _sro_01,
}
