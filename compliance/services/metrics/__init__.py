"""Writes what an operator watches to `metrics.prom` in the store's folder, whole or not at all."""
