"""A run's memory is bounded, and its folder is its own and gone afterwards."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest

from compliance.errors import InputError, UsageError
from compliance.services.room import working_room
from compliance.sources.database import Room, connect
from compliance.sources.facts import read_facts


def test_folder_is_private_and_gone_afterwards(tmp_path: Path) -> None:
    """Only this user can read what is laid down, and nothing of it stays, also after a mishap."""
    folders = ExitStack()
    made = Path(folders.enter_context(working_room(1 << 30, tmp_path)).folder or "")
    assert made.parent == tmp_path
    assert made.stat().st_mode & 0o077 == 0
    (made / "laid down").write_bytes(b"x")
    with pytest.raises(RuntimeError), folders:
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_nothing_asked_makes_nothing() -> None:
    """Without either option a run is as it always was."""
    with working_room(None, None) as room:
        assert room == Room()


def test_database_keeps_to_its_share() -> None:
    """The database gets three quarters of what the run may take, and may use the folder when sealed."""
    with working_room(1 << 30, None) as room:
        connection = connect(room)
        connection.execute("SET enable_external_access = false")
        found = connection.execute(
            "SELECT current_setting('memory_limit'), current_setting('temp_directory')"
        ).fetchone()
        connection.close()
        assert found == ("768.0 MiB", room.folder)


@pytest.mark.parametrize(
    ("memory", "folder", "code"), [(1, None, "memory-limit"), (None, "no", "spill-folder")]
)
def test_wrong_room_is_refused(memory: int | None, folder: str | None, code: str, tmp_path: Path) -> None:
    """Too little memory, and a folder that is not there, are told before anything is read."""
    where = tmp_path / folder if folder else None
    with pytest.raises(UsageError) as caught, working_room(memory, where):
        pass
    assert [problem.code for problem in caught.value.problems] == [code]


def test_full_memory_is_told(tmp_path: Path) -> None:
    """Facts for which there is no room stop the run with what to do; no file is blamed for it."""
    (tmp_path / "delivery.csv").write_text(
        "id,contract_id,client_id,provider_id,service,day,hours\n"
        + "".join(f"d{i},c1,k{i},o1,ambulatory,2027-01-01,1\n" for i in range(20_000))
    )
    room = Room("", 4 << 20)  # nothing can be laid down
    with pytest.raises(InputError) as caught:
        read_facts([str(tmp_path)], entities=["delivery"], room=room)
    assert [problem.code for problem in caught.value.problems] == ["memory-full"]
