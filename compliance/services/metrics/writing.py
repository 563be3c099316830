"""The metrics of a run as a file that a collector may read at any moment: written aside, then renamed."""

from __future__ import annotations

from pathlib import Path

from compliance.reporting.metrics import Watched, render_metrics
from compliance.services.release.files import put_file

FILE = "metrics.prom"


def put_metrics(folder: Path, watched: Watched) -> Path:
    """The file in that folder tells of this run, and of no other.

    Raises: StoreError when it cannot be written.
    """
    path = folder / FILE
    put_file(path, render_metrics(watched), mode=0o644)
    return path
