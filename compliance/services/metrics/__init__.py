"""Writes what an operator watches to `metrics.prom` in the store's folder, whole or not at all."""

from __future__ import annotations

from compliance.services.metrics.step import write_metrics
from compliance.services.metrics.writing import FILE, put_metrics

__all__ = ["FILE", "put_metrics", "write_metrics"]
