"""The report of a purge: how many rows went, why, and the hashes of what held them; no id of a row."""

from __future__ import annotations

import json
from collections.abc import Iterable

from compliance.model.vault import Removal
from compliance.services.retention.plan import Plan


def told(plan: Plan, stones: Iterable[Removal]) -> bytes:
    """The report as JSON."""
    content = {
        "schema_version": 1,
        "as_of": plan.as_of.isoformat(),
        "by": plan.by,
        "started_at": plan.started_at.isoformat(),
        "policy": plan.policy,
        "rows": [
            {"term": term, "entity": entity, "rows": len(ids)}
            for term, found in sorted(plan.rows.items())
            for entity, ids in sorted(found.items())
        ],
        "still_needed": dict(sorted(plan.held.items())),
        "findings": sum(len(names) for names in plan.findings.values()),
        "dossiers_of_runs": sorted({run for runs in plan.dossiers.values() for run in runs}),
        "files": [{"path": each.path, "sha256": each.sha256, "why": each.why} for each in plan.files],
        "tombstones": [
            {
                "entity": stone.entity,
                "rows": stone.rows,
                "sha256": f"sha256:{stone.sha256.removeprefix('sha256:')}",
                "first_recorded_at": stone.first_recorded_at.isoformat(),
                "last_recorded_at": stone.last_recorded_at.isoformat(),
                "removed_at": stone.removed_at.isoformat(),
            }
            for stone in stones
        ],
    }
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()
