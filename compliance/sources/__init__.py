"""Reads deliveries (case files, data-set folders, messages) into typed facts and a list of refusals."""
