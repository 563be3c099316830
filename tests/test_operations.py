"""What an operator copies works: every command and variable exists, units and examples are well formed."""

from __future__ import annotations

import configparser
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import click
import pytest

from compliance.cli.app import main
from compliance.cli.key import AUDIT_VARIABLE, VARIABLE
from compliance.services.locking import locked
from compliance.services.notify.recipients import read_recipients
from compliance.services.notify.secrets import VARIABLES
from compliance.services.store import open_store

ROOT = Path(__file__).resolve().parents[1]
DEPLOY = ROOT / "deploy"
GUIDE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
FILES = {path: path.read_text(encoding="utf-8") for path in sorted(DEPLOY.rglob("*")) if path.is_file()}
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", GUIDE, re.DOTALL | re.MULTILINE)
LINES = [line for block in BLOCKS for line in block.splitlines()]
INLINE = re.findall(r"`(compliance [^`]+)`", GUIDE)
IN_FILES = [
    f"compliance {found}"
    for text in FILES.values()
    for found in re.findall(r"/bin/compliance ([^|\n]+?)(?: 2>&1.*)?$", text, re.MULTILINE)
]
COMMANDS = sorted({*INLINE, *IN_FILES, *(line for line in LINES if line.startswith("compliance "))})


@pytest.mark.parametrize("line", COMMANDS)
def test_every_command_exists_with_its_options(line: str) -> None:
    """Each command named in the guide and the units is there, and takes what is given to it."""
    command: click.Command = main
    context = click.Context(main, info_name="compliance")
    words = shlex.split(line)[1:]
    while words and isinstance(command, click.Group):
        found = command.get_command(context, words[0])
        assert found is not None, words[0]
        command, words = found, words[1:]
        context = click.Context(command, parent=context)
    known = {name for item in command.params for name in (*item.opts, *item.secondary_opts)}
    assert {word for word in words if word.startswith("--")} <= known
    needed = [item for item in command.params if isinstance(item, click.Argument) and item.required]
    assert len(needed) <= len([word for word in words if not word.startswith("--")])


def test_every_variable_exists() -> None:
    """A variable that the guide or an example names sets something."""
    named = set(re.findall(r"\bCOMPLIANCE_[A-Z_]+\b", GUIDE + "".join(FILES.values())))
    known = {"COMPLIANCE_STORE", "COMPLIANCE_DATABASE", VARIABLE, AUDIT_VARIABLE, *VARIABLES}
    assert named == known


def test_the_example_of_the_environment_is_one() -> None:
    """It reads alike for a shell and for systemd, and holds no value of a secret."""
    for line in FILES[DEPLOY / "compliance.env.example"].splitlines():
        text = line.removeprefix("#") if line.startswith("#COMPLIANCE") else line
        if not text.startswith("#"):
            assert re.fullmatch(r"COMPLIANCE_[A-Z_]+=[^\s\"'$]*", text), text
        if "KEY" in text or "PASSWORD" in text:
            assert line.startswith("# ") or text.endswith("=")


def test_the_example_of_recipients_is_read() -> None:
    """It has no flaw, and everybody in it is inside."""
    found = read_recipients(FILES[DEPLOY / "recipients.yaml.example"])
    assert [item.name for item in found.recipients] == ["Contractmanager", "Toezicht", "Kanaal van het team"]


@pytest.mark.parametrize("kind", ["service", "timer"])
def test_units_are_well_formed(kind: str, tmp_path: Path) -> None:
    """Sections and settings read as systemd reads them; where systemd is there, it says so itself."""
    unit = DEPLOY / "systemd" / f"compliance-nightly.{kind}"
    parser = configparser.ConfigParser(
        strict=True, interpolation=None, comment_prefixes=("#",), delimiters=("=",)
    )
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(FILES[unit])
    assert set(parser.sections()) == (
        {"Unit", "Service"} if kind == "service" else {"Unit", "Timer", "Install"}
    )
    if kind == "service":
        assert parser["Service"]["SuccessExitStatus"] == "1 4"
    else:
        assert parser["Timer"]["Unit"] == "compliance-nightly.service"
    tool = shutil.which("systemd-analyze")
    if tool is None:
        return
    for name in ("service", "timer"):
        text = FILES[DEPLOY / "systemd" / f"compliance-nightly.{name}"]
        (tmp_path / f"compliance-nightly.{name}").write_text(
            re.sub(r"/opt/compliance/bin/compliance nightly.*", "/bin/true", text), encoding="utf-8"
        )
    done = subprocess.run(  # noqa: S603 - the tool of the system, on our own files
        [tool, "verify", "--recursive-errors=no", str(tmp_path / f"compliance-nightly.{kind}")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    ours = [line for line in done.stderr.splitlines() if "compliance-nightly" in line]
    assert ours == []


def test_the_line_of_cron_has_its_fields() -> None:
    """Five fields of time, a user, and a command without an unescaped percent sign."""
    text = FILES[DEPLOY / "cron" / "compliance"]
    (line,) = [line for line in text.splitlines() if re.match(r"[0-9*]", line)]
    assert re.match(r"\d+ \d+ \* \* \* compliance set -a; ", line)
    assert "%" not in line
    assert text.endswith("\n")


@pytest.mark.parametrize("target", re.findall(r"\]\(([^)#]+)\)", GUIDE))
def test_links_lead_somewhere(target: str) -> None:
    """Each file that the guide links to is there."""
    assert (ROOT / "docs" / target).exists()


@pytest.mark.parametrize("path", sorted(set(re.findall(r"\bdeploy/[\w./-]+\w", GUIDE))))
def test_files_that_are_copied_are_there(path: str) -> None:
    """Each file under deploy/ that a command names exists."""
    assert (ROOT / path).exists()


def test_scripts_are_shell() -> None:
    """The shell reads them."""
    for path in [*DEPLOY.glob("*.sh")]:
        subprocess.run(["/bin/sh", "-n", str(path)], check=True)  # noqa: S603 - our own script
    for block in BLOCKS:
        subprocess.run(["/bin/sh", "-n"], input=block, text=True, check=True)


def test_the_backup_waits_for_a_night_and_brings_a_store_back_whole(tmp_path: Path) -> None:
    """It takes the lock that a night takes; what it wrote is the store, byte for byte."""
    store, target = tmp_path / "store", tmp_path / "copy.tar.gz"
    script = (DEPLOY / "backup.sh").read_text(encoding="utf-8")
    impatient = tmp_path / "backup.sh"
    impatient.write_text(script.replace("--timeout 14400", "--nonblock"), encoding="utf-8")
    command = ["/bin/sh", str(impatient), str(store), str(target)]
    with open_store(store, create=True) as opened, locked(opened, "nightly"):
        assert subprocess.run(command, check=False).returncode != 0  # noqa: S603 - our own script
        assert not target.exists()
    subprocess.run(command, check=True)  # noqa: S603 - our own script
    back = tmp_path / "back"
    back.mkdir()
    shutil.unpack_archive(target, back, filter="data")
    files = {path.relative_to(store) for path in store.rglob("*") if path.is_file()}
    assert {
        path.relative_to(back / "store") for path in (back / "store").rglob("*") if path.is_file()
    } == files
    with open_store(back / "store") as opened:
        assert opened.records.verify_audit() == []
