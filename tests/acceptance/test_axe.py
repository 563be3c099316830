"""Every HTML page passes axe (WCAG 2.1 A and AA) in a real browser, in both languages."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from compliance.model.night import NightAnswer
from compliance.reporting.night.render import render_night
from compliance.reporting.words import LANGS
from compliance.services.audiences import audiences
from compliance.services.content import content_folder, report_content
from compliance.services.indicators import Indicators
from tests.acceptance.desk import ask
from tests.reporting.night.answers import generated_night

CHROMIUM = shutil.which("chromium")
OPTIONS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--window-size=1280,1700", "--virtual-time-budget=600000",
)  # fmt: skip
RULES = '{runOnly: {type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}'
# Opens each page in a frame of its own, as wide as a screen, and writes what axe says of it in the document.
DESK = """<!doctype html><html lang="nl"><head><title>axe</title></head><body><script>
const pages = {pages}, source = {source}, told = {{}};
async function judge(name, text) {{
  const frame = document.createElement("iframe");
  frame.style = "width: 1200px; height: 1600px";
  frame.srcdoc = text;
  const ready = new Promise(resolve => frame.onload = resolve);
  document.body.append(frame);
  await ready;
  const script = frame.contentDocument.createElement("script");
  script.textContent = source;
  frame.contentDocument.head.append(script);
  const found = await frame.contentWindow.axe.run(frame.contentDocument, {rules});
  told[name] = {{passes: found.passes.length, violations: found.violations.map(
    one => [one.id, ...one.nodes.map(node => node.html.slice(0, 160))])}};
  frame.remove();
}}
(async () => {{
  for (const name of Object.keys(pages)) await judge(name, pages[name]);
  const place = document.createElement("pre");
  place.id = "axe-told";
  place.textContent = JSON.stringify(told);
  document.body.replaceChildren(place);
}})();
</script></body></html>"""
BAD = b"<!doctype html><html><body><img src='data:,'><p style='color:#ddd'>pale</p></body></html>"
needs_browser = pytest.mark.skipif(
    CHROMIUM is None and os.environ.get("CI") != "true", reason="chromium is not installed"
)


def axe(pages: dict[str, bytes], folder: Path) -> dict[str, dict[str, Any]]:
    """By page how many rules of axe it passes, and its violations; one start of the browser for all."""
    source = files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8")
    texts = {name: page.decode("utf-8") for name, page in pages.items()}
    path = folder / "desk.html"
    path.write_text(DESK.format(pages=_script(texts), source=_script(source), rules=RULES), encoding="utf-8")
    profile = f"--user-data-dir={folder / 'profile'}"
    command = [CHROMIUM or "chromium", *OPTIONS, profile, "--dump-dom", path.as_uri()]
    # The browser of the machine, over a file of our own.
    told = subprocess.run(command, capture_output=True, check=True, timeout=240).stdout.decode("utf-8")  # noqa: S603
    found = re.search(r'<pre id="axe-told">(.*?)</pre>', told, re.DOTALL)
    assert found, "axe did not finish"
    result: dict[str, dict[str, Any]] = json.loads(html.unescape(found[1]))
    return result


def _script(value: object) -> str:
    """The value as JSON that can stand in a script element."""
    return json.dumps(value).replace("</", "<\\/").replace("<!--", "<\\!--")


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> NightAnswer:
    """A night over a generated world, with everything a report can show."""
    answer, ground = generated_night(tmp_path_factory.mktemp("world"))
    indicators = Indicators(ground.facts, ground.contract)
    as_of = answer.receipt.as_of
    return replace(answer, measures=indicators.measures(as_of), series=indicators.series(as_of))


def pages_of_the_product(night: NightAnswer) -> dict[str, bytes]:
    """Each HTML page that the product makes, marked as a draft where it must be released."""
    content, pages = report_content(), {}
    for name, reader in audiences().items():
        # The answer is made for the reader's own rules, as the services make it: with its course.
        rules = {rule.id: rule for rule in night.rules.values() if rule.kind in reader.kinds}
        some = tuple(one for number, one in enumerate(night.standings) if number % 3 == 0)  # axe is slow
        made = replace(night, rules=rules, compartments=reader.compartments, standings=some)
        for lang in LANGS if name == "manager" else LANGS[:1]:
            banner = "CONCEPT" if reader.release else ""
            pages[f"{name} {lang}"] = render_night(made, reader, "html", content, lang, banner=banner)
    case = content_folder("cases") / "first" / "case.yaml"
    pages["check"] = ask("check", case, "-f", "html", "--compartment", "all").raw
    pages["explain"] = ask("explain", case, "SUB-01", "organisation/o2", "-f", "html", "--lang", "en").raw
    return pages


@needs_browser
def test_no_page_has_a_violation(night: NightAnswer, tmp_path: Path) -> None:
    """Every page passes; one with a picture without a text and pale letters does not."""
    pages = pages_of_the_product(night)
    found = axe({**pages, "bad": BAD}, tmp_path)
    bad = found.pop("bad")
    assert {"image-alt", "color-contrast", "html-has-lang"} <= {one[0] for one in bad["violations"]}
    assert {name: told["violations"] for name, told in found.items() if told["violations"]} == {}
    assert set(found) == set(pages)
    assert min(told["passes"] for told in found.values()) > 10
