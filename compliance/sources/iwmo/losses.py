"""Remembers what was refused, so that a referral does not read as if it had never been reported."""

from __future__ import annotations

from collections.abc import Iterable

from compliance.sources.iwmo.codes import Kind
from compliance.sources.iwmo.message import Loss


class Losses:
    """All losses of a run, to be asked per referral what they may have said of it."""

    def __init__(self, losses: Iterable[Loss]) -> None:
        self._numbered: set[tuple[Kind, str, str]] = set()
        self._clients: set[tuple[Kind, str, str]] = set()
        self._anywhere: set[tuple[Kind, str]] = set()
        for loss in losses:
            self.add(loss)

    def add(self, loss: Loss) -> None:
        """The loss counts from here on, as narrowly as what is known of it allows."""
        if loss.municipality and loss.number:
            self._numbered.add((loss.kind, loss.municipality, loss.number))
        elif loss.municipality and loss.client:
            self._clients.add((loss.kind, loss.municipality, loss.client))
        else:
            self._anywhere.add((loss.kind, loss.municipality))

    def about(self, kind: Kind, municipality: str, number: str) -> bool:
        """Whether something of that kind about this very assignment was lost."""
        return (kind, municipality, number) in self._numbered

    def perhaps(self, kind: Kind, municipality: str, number: str, client: str) -> bool:
        """Whether something of that kind was lost that may have been about this assignment."""
        return (
            self.about(kind, municipality, number)
            or (kind, municipality, client) in self._clients
            or (kind, municipality) in self._anywhere
            or (kind, "") in self._anywhere
        )
