"""A world in which every secret has a mark of its own, and what a report may not hold of it."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pypdf
import yaml
from pypdf.generic import ArrayObject, ByteStringObject, DictionaryObject, StreamObject, TextStringObject

from compliance.model.entities import Compartment
from compliance.model.finding import Failure, Missing, RowRef
from compliance.model.indicator import Measure
from compliance.model.night import Ahead, Granted, NightAnswer, Offered, Owed
from compliance.services.check import CheckRequest, check
from tests.reporting.night.answers import night_of

ALL: tuple[Compartment, ...] = ("contract", "supervision", "bibob")
BIBOB = (
    "zqbibob",
    "Zqnaambibob",
    "zqfoutbibob",
    "zqbestandbibob",
    "zqredenbibob",
    "zqmaatregel",
    "BIB-01",
    "BIB-05",
)
SUPERVISION = ("zqsignaal", "zqincident", "Zqnaamtoezicht", "BIB-08", "BIB-10", "zqbestandtoezicht")
OTHERS = ("zqzeggenschap", "Zqnaamzeggenschap", "31.37", "47.11", "zqhouder")
STAFF = ("zqmedewerker", "zqredencontract")
PERSONS = ("zqclient", "zqpersoon", "zqtoewijzing", "Zqnaam", "zqonder", "zqgemeld")
UNKNOWN_FILE = ("zqbestandonbekend",)

FACTS: dict[str, list[dict[str, Any]]] = {
    "contract": [{
        "id": "c1", "title": "Wmo ondersteuning in de wijk", "contractor_id": "o1", "first_day": "2027-01-01",
        "last_day": "2030-12-31", "funding": "task", "sroi_pct": 5,
    }],
    "participant": [],
    "organisation": [
        {"id": "o1", "name": "Coöperatie Wijkkracht"},
        {"id": "zqonder1", "name": "Zqnaamonder B.V."},
        {"id": "zqonder2", "name": "Zqnaambibob B.V."},
        {"id": "zqonder3", "name": "Zqnaamtoezicht B.V."},
        {"id": "zqonder4", "name": "Zqnaamzeggenschap B.V."},
        {"id": "zqonder5", "name": "Zqnaamdiep B.V."},
    ],
    "subcontract": [
        *({
            "id": f"zqonder{number}s", "contract_id": "c1", "principal_id": "o1",
            "subcontractor_id": f"zqonder{number}", "kind": "fixed", "first_day": "2027-02-01",
            "notified_on": "2027-01-10", "consented_on": "2027-01-20",
        } for number in (2, 3, 4)),
        {
            "id": "zqonder1s", "contract_id": "c1", "principal_id": "o1", "subcontractor_id": "zqonder1",
            "kind": "fixed", "first_day": "2027-02-01",
        },
        {
            "id": "zqonder5s", "contract_id": "c1", "principal_id": "zqonder4",
            "subcontractor_id": "zqonder5", "kind": "fixed", "first_day": "2027-02-01",
            "notified_on": "2027-01-10", "consented_on": "2027-01-20",
            "hourly_rate_eur": "31.37", "cost_price_eur": "47.11",
        },
    ],
    "control": [
        {"id": "zqzeggenschap1", "holder_id": "zqhouder1", "organisation_id": "zqonder4", "kind": "director",
         "first_day": "2027-04-01"},
    ],
    "change_report": [],
    "client": [{"id": f"zqclient{number}"} for number in range(1, 4)],
    "referral": [{
        "id": f"zqtoewijzing{number}", "contract_id": "c1", "client_id": f"zqclient{number}",
        "service": "ambulatory", "received_on": "2027-04-20", "refused_on": "2027-04-25",
        "refusal_ground": "full",
    } for number in range(1, 4)],
    "bridging": [],
    "complaint": [{"id": "k1", "contract_id": "c1", "organisation_id": "o1", "received_on": "2027-05-20"}],
    "indicator": [{"id": "i1", "contract_id": "c1", "name": "zqgemeld", "period": "2027", "value": 3}],
    "bibob_inquiry": [
        {"id": "zqbibob1", "organisation_id": "zqonder2", "opened_on": "2027-02-01", "outcome": "serious",
         "questionnaire_due_on": "2027-03-01", "questionnaire_received_on": "2027-02-20",
         "concluded_on": "2027-05-15"},
        {"id": "zqbibob2", "organisation_id": "o1", "opened_on": "2027-02-01",
         "questionnaire_due_on": "2027-03-01"},
    ],
    "bibob_measure": [
        {"id": "zqmaatregel1", "inquiry_id": "zqbibob1", "description": "zqmaatregel",
         "agreed_on": "2027-05-16", "due_on": "2027-05-20"},
    ],
    "signal": [
        {"id": "zqsignaal1", "organisation_id": "zqonder3", "source": "hotline", "kind": "zqsignaalsoort",
         "received_on": "2027-04-17"},
    ],
    "decision": [],
    "incident": [
        {"id": "zqincident1", "organisation_id": "zqonder3", "kind": "data_breach",
         "discovered_on": "2027-05-01", "reported_on": "2027-05-13"},
    ],
}  # fmt: skip
PARAMETERS = {"bibob_screen_days": 60, "signal_assess_days": 14, "control_report_days": 14}


def planted_night(folder: Path, *, without: tuple[str, ...] = ()) -> NightAnswer:
    """The night over all compartments, with a secret in every place that holds text."""
    facts = {name: rows for name, rows in FACTS.items() if name not in without}
    path = folder / "case.yaml"
    case = {"as_of": "2027-06-01", "parameters": PARAMETERS, "facts": facts}
    path.write_text(yaml.safe_dump(case, allow_unicode=True), encoding="utf-8")
    answer = night_of(check(CheckRequest(paths=(str(path),), compartments=ALL)))
    answer = replace(answer, own=frozenset({"o1"}), parties={
        RowRef("control", "zqzeggenschap1"): "zqonder4", RowRef("subcontract", "zqonder5s"): "zqonder4",
    }, measures=(_count("in_care", 3), _count("waiting", 12), _count("inflow", 40)))  # fmt: skip
    return answer if "bibob_inquiry" in without else _with_secrets(answer)


def _count(code: str, count: int) -> Measure:
    return Measure("reach", code, "count", date(2027, 6, 1), value=Decimal(count))


def _with_secrets(answer: NightAnswer) -> NightAnswer:
    """With a secret in what the municipality adds itself: files, exceptions, failures, what is owed."""
    receipt, subject = answer.receipt, RowRef("bibob_inquiry", "zqbibob1")
    day, at = receipt.as_of, receipt.known_at
    granted = Granted(
        7, "c1", "BIB-02", subject, "zqredenbibob", day, day + timedelta(days=3), "zqmedewerker1", at
    )
    ours = Granted(
        8, "c1", "ACC-01", RowRef("referral", "zqtoewijzing1"), "zqredencontract", day,
        day + timedelta(days=4), "zqmedewerker1", at, "zqmedewerker2", at,
    )  # fmt: skip
    missing = Missing("missing_fact", "bibob_inquiry.zqbibobveld", "bibob_inquiry")
    return replace(
        answer,
        receipt=replace(receipt, failures=(Failure("BIB-05", "bibob", "zqfoutbibob"),)),
        ahead=(*answer.ahead, Ahead("BIB-02", subject, "bibob", "high", day + timedelta(days=9), day)),
        lapsing=(*answer.lapsing, granted, ours),
        owed=(*answer.owed, Owed(missing, "municipality", ("BIB-02",), 1)),
        offered=(
            *answer.offered,
            Offered("gemeente", "zqbestandbibob.csv", "", at, 3, entities=("bibob_inquiry", "organisation")),
            Offered("gemeente", "zqbestandtoezicht.csv", "", at, 3, entities=("signal",)),
            Offered("gemeente", "zqbestandonbekend.pdf", "", None, whole=True),
        ),
    )


def text_of(made: bytes, form: str) -> str:
    """Everything a report holds as text: parts of a workbook unzipped, streams of a PDF decompressed."""
    if form == "xlsx":
        with zipfile.ZipFile(io.BytesIO(made)) as book:
            return "\n".join(
                f"{name}\n{book.read(name).decode('utf-8', 'replace')}" for name in book.namelist()
            )
    if form == "pdf":
        return _pdf_text(made)
    return made.decode("utf-8")


def _pdf_text(made: bytes) -> str:
    reader = pypdf.PdfReader(io.BytesIO(made))
    pieces = [page.extract_text() for page in reader.pages]
    pieces.append(made.decode("latin-1"))
    for number in range(1, len(reader.xref.get(0, {})) + len(reader.xref_objStm) + 1):
        pieces += _strings(reader.get_object(number))
    return "\n".join(pieces)


def _strings(found: Any) -> list[str]:
    """The texts of an object that stand in it directly."""
    if isinstance(found, TextStringObject):
        return [str(found)]
    if isinstance(found, ByteStringObject):
        return [bytes(found).decode("latin-1")]
    pieces: list[str] = []
    if isinstance(found, StreamObject):
        pieces.append(found.get_data().decode("latin-1"))
    if isinstance(found, DictionaryObject):
        pieces += [text for value in found.values() for text in _strings(value)]
    elif isinstance(found, ArrayObject):
        pieces += [text for value in found for text in _strings(value)]
    return pieces
