"""The wheel carries all content, and the locked environment covers all that is asked for."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.fixture(scope="module")
def wheel_names(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The files in the wheel that `pip install .` would install."""
    target = tmp_path_factory.mktemp("wheel")
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--no-index",
    ]
    subprocess.run([*command, "--wheel-dir", str(target), str(ROOT)], check=True, capture_output=True)  # noqa: S603
    (wheel,) = target.glob("*.whl")
    with ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.mark.parametrize("folder", ["rules", "cases", "reports", "mappings"])
def test_wheel_carries_the_content(wheel_names: set[str], folder: str) -> None:
    """Every rule, case, word and template lies in the package as `compliance/content/...`."""
    files = [path for path in (ROOT / folder).rglob("*") if path.is_file()]
    assert files
    assert {f"compliance/content/{path.relative_to(ROOT).as_posix()}" for path in files} <= wheel_names


def test_wheel_carries_the_code_and_no_tests(wheel_names: set[str]) -> None:
    """Every module is there, with the mark that it is typed; tests and bench are not."""
    modules = {path.relative_to(ROOT).as_posix() for path in (ROOT / "compliance").rglob("*.py")}
    assert modules | {"compliance/py.typed"} <= wheel_names
    assert not [name for name in wheel_names if name.startswith(("tests/", "bench/"))]


def test_lock_covers_every_dependency() -> None:
    """Each dependency, for use and for development, is pinned with a hash."""
    lock = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    extras = PROJECT["optional-dependencies"]
    # Development asks for one of our own extras too: for what that asks for.
    own = {f"{PROJECT['name']}[{name}]": asked for name, asked in extras.items()}
    named = [one for each in extras["dev"] for one in own.get(each, [each])]
    names = [re.split(r"[\[<>=; ]", each, maxsplit=1)[0] for each in [*PROJECT["dependencies"], *named]]
    missing = [
        name
        for name in names
        if not re.search(rf"^{re.escape(name)}==[^\n]*\\\n +--hash=", lock, re.MULTILINE)
    ]
    assert not missing
