"""The lock remembers every id that was ever given, and what each rule said."""

from __future__ import annotations

from compliance.rulebook import Rulebook, load
from compliance.rulebook.lock import lock_problems, read_lock, write_lock

PATH = "brg/BRG-02_gap-in-bridging-care.yaml"


def test_locking(book: Rulebook, files: dict[str, str]) -> None:
    """A rule is new, then locked; a change of content shows, a change of layout does not."""
    assert [problem.code for problem in lock_problems(book, {})] == ["lock-new"]
    locked, problems = read_lock(write_lock(book, {}))
    assert not problems
    assert list(lock_problems(book, locked)) == []
    reworded = load({**files, PATH: files[PATH].replace("en: Care", "en: Help")})
    assert [problem.code for problem in lock_problems(reworded, locked)] == ["lock-changed"]
    respaced = load({**files, PATH: files[PATH].replace("applies_when: waiting", "applies_when:   waiting")})
    assert list(lock_problems(respaced, locked)) == []


def test_an_id_is_never_forgotten(book: Rulebook) -> None:
    """A rule whose file is gone stays in the lock, and is asked for."""
    locked, _ = read_lock(write_lock(book, {}))
    empty = Rulebook()
    assert read_lock(write_lock(empty, locked))[0] == locked
    (problem,) = lock_problems(empty, locked)
    assert (problem.code, problem.place) == ("id-removed", "rulebook.lock.json")
