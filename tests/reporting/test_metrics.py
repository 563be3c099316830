"""The metrics are OpenMetrics by the library's own parser, say what the run did, and nothing personal."""

from __future__ import annotations

from datetime import UTC, datetime
from io import StringIO

from prometheus_client.openmetrics.parser import text_string_to_metric_families
from prometheus_client.parser import text_fd_to_metric_families

from compliance.model.night import Offered
from compliance.reporting.metrics import Watched, render_metrics
from tests.services.notify.nights import answer, broken, receipt, standing

MOMENT = datetime(2027, 5, 28, 1, tzinfo=UTC)
Found = dict[tuple[str, ...], float]


def families(watched: Watched) -> dict[str, Found]:
    """Per metric its samples by label values, as the library's parser reads them."""
    text = render_metrics(watched).decode()
    assert text.endswith("# EOF\n")
    return {
        family.name.removeprefix("compliance_"): {
            tuple(sample.labels.values()): sample.value for sample in family.samples
        }
        for family in text_string_to_metric_families(text)  # type: ignore[no-untyped-call]
    }


def test_a_run_is_told_in_figures() -> None:
    """Number, day, duration, outcomes, severities and what was not assessable are those of the run."""
    found = families(Watched([answer([standing("SUB-01", "organisation/o2")])]))
    assert found["run_number"] == {("c1",): 12}
    assert found["run_as_of_timestamp_seconds"] == {("c1",): datetime(2027, 6, 1, tzinfo=UTC).timestamp()}
    assert found["run_duration_seconds"] == {("c1",): 180}
    assert found["run_complete"] == {("c1",): 1}
    assert found["results"][("c1", "finding")] == 2
    assert found["findings_standing"] == {
        ("c1", "critical"): 1, ("c1", "high"): 0, ("c1", "medium"): 0, ("c1", "low"): 0, ("c1", "info"): 0,
    }  # fmt: skip
    assert found["findings_changed"] == {("c1", "new"): 1}
    assert found["not_assessable"] == {("c1", "SUB-01"): 0, ("c1", "PRO-01"): 4}


def test_a_broken_rule_is_told_by_name() -> None:
    """An operator sees which rule broke, and that the run is not whole."""
    found = families(Watched([answer(receipt=broken())]))
    assert found["run_complete"] == {("c1",): 0}
    assert found["rule_failed"] == {("c1", "SUB-02"): 1}


def test_suppliers_are_told_with_what_was_refused_and_how_old_their_last_delivery_is() -> None:
    """Every supplier has a line, also one that brought nothing this night."""
    offered = (
        Offered("wijkkracht", "a.csv", "sha256:0", MOMENT, accepted=9, refused=2, waiting=1),
        Offered("wijkkracht", "b.csv", "sha256:1", MOMENT, refused=3),
        Offered('odd "name"\n', "c.csv", "sha256:2", None, whole=True),
    )
    watched = Watched([answer(offered=offered)], {"wijkkracht": MOMENT, "kvk": MOMENT}, {"done": 2})
    found = families(watched)
    assert found["rows_refused"] == {("kvk",): 0, ("wijkkracht",): 5, ('odd "name"\n',): 0}
    assert found["rows_waiting"][("wijkkracht",)] == 1
    assert found["files_refused"][('odd "name"\n',)] == 1
    assert found["last_delivery_age_days"] == {("kvk",): 4, ("wijkkracht",): 4}
    assert found["notifications"] == {("done",): 2}


def test_every_contract_is_told_by_itself() -> None:
    """Two contracts in one store have each their run; a file both tell of counts once."""
    offered = (Offered("kvk", "a.csv", "sha256:0", MOMENT, refused=2),)
    other = answer(receipt=receipt(13, contract="c2"), offered=offered)
    found = families(Watched([answer(offered=offered), other]))
    assert found["run_number"] == {("c1",): 12, ("c2",): 13}
    assert found["rows_refused"] == {("kvk",): 2}


def test_an_agent_that_knows_the_older_format_reads_it_too() -> None:
    """node_exporter reads the plain text format; every line means the same there."""
    text = render_metrics(Watched([answer()])).decode()
    names = {family.name for family in text_fd_to_metric_families(StringIO(text))}
    assert "compliance_run_number" in names


def test_no_subject_and_no_name_stands_in_it() -> None:
    """Findings are counted; who they are about is nowhere."""
    text = render_metrics(Watched([answer([standing("SUB-01", "organisation/o2")])])).decode()
    assert "o2" not in text
    assert "Dichtbij" not in text
