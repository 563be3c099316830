"""A write that is cut off leaves the vault as before or as after, and the next writer clears up."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from compliance.store.vault import compaction, library
from tests.store.vault.town import CONTRACT, Town, delivery, referral, rows_of, table

FIRST = {"contract.csv": CONTRACT, **table("delivery", delivery(1, "1"), delivery(2))}
ALL = ["d1", "d2", "d3"]
SECOND = {**table("referral", referral(1)), **table("delivery", delivery(1, "5"), delivery(3, "1", "r1"))}


class KilledError(BaseException):
    """The process is gone: nothing may catch it."""


@dataclass
class Axe:
    """Cuts a write off right before its so-manieth step on disk."""

    last: int
    steps: int = 0

    def around(self, step: Callable[..., Any]) -> Callable[..., Any]:
        """The step, with the axe over it."""

        def cut(*arguments: Any, **options: Any) -> Any:
            self.steps += 1
            if self.steps == self.last:
                raise KilledError
            return step(*arguments, **options)

        return cut


def hang(monkeypatch: pytest.MonkeyPatch, axe: Axe) -> None:
    """Each sync and each rename of the process is a step."""
    for name in ("fsync", "replace", "rename"):
        monkeypatch.setattr(os, name, axe.around(getattr(os, name)))
    monkeypatch.setattr(Path, "unlink", axe.around(Path.unlink))


def contents(town: Town) -> tuple[Any, ...]:
    """What a reader sees."""
    facts = town.facts()
    return (town.vault.facts_hash(), rows_of(facts, "delivery"), rows_of(facts, "referral"), facts.waiting)


def copied(town: Town, folder: Path) -> Town:
    """A copy of the town, that can be harmed."""
    shutil.copytree(town.folder, folder)
    return Town(folder, town.now, town.given)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chapters and merges come soon, so that they are cut off too."""
    monkeypatch.setattr(library, "MOST_INLINE", 1)
    monkeypatch.setattr(compaction, "MANY", 2)


@pytest.mark.usefixtures("small")
def test_a_delivery_cut_off_is_not_there_or_there_whole(tmp_path: Path) -> None:
    """At every step on disk; the next delivery of the same files makes it whole, and nothing is left over."""
    base = Town(tmp_path / "base")
    base.give(FIRST)
    before = contents(base)
    whole = copied(base, tmp_path / "whole")
    whole.give(SECOND)
    done = contents(whole)
    for step in count(1):
        town = copied(base, tmp_path / f"{step}")
        with pytest.MonkeyPatch.context() as patch:
            hang(patch, Axe(step))
            try:
                town.give(SECOND)
            except KilledError:
                pass
            else:
                break
        assert contents(town) in (before, done)
        assert town.vault.verify() == ()
        town.give(SECOND)
        assert contents(town)[1:] == done[1:]
        town.vault.compact()
        assert town.vault.verify() == ()
        assert not list(town.folder.rglob(".new-*"))
    assert step > 10


@pytest.mark.parametrize("change", ["compact", "remove"])
def test_a_rewrite_cut_off_is_not_there_or_there_whole(tmp_path: Path, change: str) -> None:
    """Of a compaction and a removal too: every row is still there, or only those are gone."""
    base = Town(tmp_path / "base")
    base.give(FIRST)
    base.give(SECOND)
    for step in count(1):
        town = copied(base, tmp_path / f"{step}")
        vault = town.vault
        with pytest.MonkeyPatch.context() as patch:
            hang(patch, Axe(step))
            try:
                if change == "compact":
                    vault.compact()
                else:
                    vault.remove({"delivery": ["d1"]}, reason="test", now=town.now)
            except KilledError:
                pass
            else:
                break
        assert town.ids("delivery") in ([ALL] if change == "compact" else [ALL, ["d2", "d3"]])
        town.give(table("organisation", "o9,Een"))
        assert town.vault.verify() == ()
        named = [one for many in town.vault.view().segments.values() for one in many]
        assert len(list((town.folder / "vault" / "segments").iterdir())) == len(named)
    assert step > 5
