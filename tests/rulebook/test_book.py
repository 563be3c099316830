"""A rule book without flaws is read; every flaw of every file is named with file, line and cure."""

from __future__ import annotations

import pytest

from compliance.errors import RulebookError
from compliance.model.rule import Rule
from compliance.rulebook import Rulebook, is_rule_path, load, read
from compliance.rulebook.digest import rule_hash
from compliance.rulebook.flaws import FORMS, KEY
from compliance.rulebook.rulefile import dump_rule, read_rule_file

PATH = "brg/BRG-02_gap-in-bridging-care.yaml"


def flaws(files: dict[str, str]) -> list[str]:
    """Every flaw in the files, as a person reads it."""
    with pytest.raises(RulebookError) as caught:
        load(files)
    return [str(problem) for problem in caught.value.problems]


def changed(files: dict[str, str], *changes: tuple[str, str]) -> dict[str, str]:
    """The files with texts of the rule replaced."""
    text = files[PATH]
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return {**files, PATH: text}


def test_a_whole_book(book: Rulebook) -> None:
    """Rules, their examples and the numbers are there, and the rule is ready to be judged."""
    assert list(book.rules) == list(book.files) == ["BRG-02"]
    assert [rule.id for rule in book.judged] == ["BRG-02"]
    file = book.files["BRG-02"]
    assert [example.name for example in file.examples] == ["one day too many", "nothing known of bridging"]
    assert file.rule.examples == ()
    assert book.numbers.value("gap_days") == 0
    assert file.place(("examples", 1)) == f"{PATH}:53"
    assert file.place(("let", "mine")) == f"{PATH}:22"


def test_only_rules_in_use_are_judged(files: dict[str, str]) -> None:
    """Drafts and withdrawn rules are read but not judged."""
    for stage, judged in (("draft", 0), ("active", 1), ("deprecated", 1), ("withdrawn", 0)):
        assert len(load(changed(files, ("stage: active", f"stage: {stage}"))).judged) == judged


def test_a_rule_without_examples_is_read(files: dict[str, str]) -> None:
    """Examples are asked for by lint, not by the loader; an empty block is none."""
    text = files[PATH]
    bare = text[: text.index("examples:")]
    for rest in ("", "examples:", "examples: []\n"):
        assert load({**files, PATH: bare + rest}).files["BRG-02"].examples == ()


@pytest.mark.parametrize(("path", "expected"), [
    ("acc/ACC-01_x.yaml", True), ("acc/anything.yaml", True), ("ACC-01_x.yaml", True), ("x/ACC-1.yml", True),
    ("parameters.yaml", False), ("glossary.yaml", False), ("judgement/a.yaml", False), ("acc/a.txt", False),
    ("rules/acc/ACC-01_x.yaml", True), ("ACC/x.yaml", True), ("obligations.yaml", False),
])  # fmt: skip
def test_rule_paths(path: str, expected: bool) -> None:
    """A file is a rule by the folder of a family or by an id in its name, so that none is overlooked."""
    assert is_rule_path(path) is expected


def test_all_flaws_at_once(files: dict[str, str]) -> None:
    """Flaws of form in one file and of logic in another are all listed, in order of file and line."""
    other = files[PATH].replace("BRG-02", "BRG-03").replace("open_days > param", "open_dys > param")
    files = changed(files, ('"3.70"', "3.70"), ("severity: high", "severity: hihg"), ("en: Gap", "e: Gap"),
                    ("flag_when: gap", "flag_wen: gap"), ("name: gap-in", "name: Gap in"))  # fmt: skip
    other_path = "brg/BRG-03_gap-in-bridging-care.yaml"
    files[other_path] = other
    name = "A name reads like gap-in-bridging-care: small letters, digits and single hyphens."
    quotes = 'YAML would make 3.70 a number and drop its zero: put quotes around it: "3.70".'
    assert flaws(files) == [
        f"{PATH}:1: flag_when is missing.",
        f"{PATH}:2: name cannot be 'Gap in-bridging-care'. {name}",
        f"{PATH}:4: severity cannot be 'hihg'. Did you mean high?",
        f"{PATH}:16: norms[1].article must be text. {quotes}",
        f"{PATH}:17: title.en is missing. Texts stand in both languages.",
        f"{PATH}:17: title.e is no key that is known here. Did you mean en?",
        f"{PATH}:28: flag_wen is no key that is known here. Did you mean flag_when?",
        f"{other_path}:26: conditions.gap: unknown name 'open_dys'. Did you mean open_days?",
    ]


@pytest.mark.parametrize(("old", "new", "flaw"), [
    ("since: 2027-01-01", "since: 2027", "6: since is not right: expected a day as YYYY-MM-DD."),
    ("kind: norm", "kind: " + "x" * 100, f"3: kind cannot be '{'x' * 60}…'. One of: norm, signal."),
    ("title: {nl: Gat in de zorg, en: Gap in care}", "title: Gat",
     "17: title is not right: Input should be a valid dictionary or instance of Bilingual."),
    ("norms:\n", "norms: []\nlimits_:\n", "14: norms needs at least 1."),
    ('theme: "5"', "theme: 5",
     '15: norms[0].theme must be text. YAML would make 5 a number: put quotes around it: "5".'),
    ("title: {nl: Gat in de zorg", "title: {nl: [1]", "17: title.nl must be text. Write text there."),
    ("norms:\n", "id: BRG-02\nnorms:\n",
     "14:1: The key id stands twice; the first is on line 1. Keep one of them."),
    ("let:\n", "let: [1]\nlot:\n", "20: let is not right: Input should be a valid dictionary."),
    ("  gap: open", "  1ap: open", f"26: conditions.1ap cannot be '1ap'. {FORMS[KEY]}"),
])  # fmt: skip
def test_flaws_of_form(files: dict[str, str], old: str, new: str, flaw: str) -> None:
    """What stands where something else is due is named with its line and the cure."""
    assert f"{PATH}:{flaw}" in flaws(changed(files, (old, new)))


def test_flaws_of_place(files: dict[str, str]) -> None:
    """A rule stands in its family's folder under its id and name, with the examples last."""
    text = files.pop(PATH)
    misplaced = {**files, "BRG-02.yaml": text + "\nwhy: {nl: x, en: y}\n"}
    assert flaws(misplaced) == [
        "BRG-02.yaml:1: A rule of family BRG stands in the folder brg, not in none. Move the file.",
        "BRG-02.yaml:2: The file of this rule is called BRG-02_gap-in-bridging-care.yaml. Rename the file.",
        "BRG-02.yaml:61: A key stands after the examples. Move `examples` to the end of the file.",
    ]


def test_equal_ids(files: dict[str, str]) -> None:
    """Two rules with one id are both named."""
    files["brg/BRG-02_other.yaml"] = files[PATH].replace("name: gap-in-bridging-care", "name: other")
    found = flaws(files)
    assert f"{PATH}:1: BRG-02 is also the id of brg/BRG-02_other.yaml. Choose a new id." in found
    assert f"brg/BRG-02_other.yaml:1: BRG-02 is also the id of {PATH}. Choose a new id." in found


def test_files_that_are_no_rules(files: dict[str, str]) -> None:
    """A file that is no YAML, or no mapping, is a flaw; so is a book without numbers."""
    assert flaws({**files, "acc/ACC-01_a.yaml": "a: b: c", "acc/ACC-02_b.yaml": "- 1"})[0].startswith(
        "acc/ACC-01_a.yaml:1:5: This is not valid YAML"
    )
    assert flaws({**files, "acc/ACC-02_b.yaml": "- 1"}) == [
        "acc/ACC-02_b.yaml:1: The file must hold a rule: keys with values."
    ]
    del files["parameters.yaml"]
    assert flaws(files)[-1].startswith("parameters.yaml: The rule book has no parameters.yaml.")


def test_going_on_despite_flaws(files: dict[str, str]) -> None:
    """Tools get the rules that are right, and the flaws of the others."""
    files["acc/ACC-01_a.yaml"] = "id: ACC-01"
    book, problems = read(files)
    assert list(book.rules) == ["BRG-02"]
    assert {problem.place.partition(":")[0] for problem in problems} == {"acc/ACC-01_a.yaml"}


def test_flaws_in_examples(files: dict[str, str]) -> None:
    """Flaws in examples have the line in the whole file, and wait until somebody asks for examples."""
    book = load(changed(files, ("name: nothing known of bridging", "nam: nothing")))
    with pytest.raises(RulebookError, match=r"yaml:53: examples\[1\].name is missing"):
        _ = book.files["BRG-02"].examples
    broken = load(changed(files, ("expect: [{", "expect: [[{")))
    with pytest.raises(RulebookError, match=r"yaml:.*not valid YAML"):
        _ = broken.files["BRG-02"].examples
    assert broken.files["BRG-02"].read_examples()[0] == ()


def test_dumping_and_loading(book: Rulebook) -> None:
    """A rule that is dumped and read again is the same rule."""
    rule = book.files["BRG-02"].rule
    assert Rule.model_validate(dump_rule(rule)) == rule


def test_hash_is_of_content(files: dict[str, str]) -> None:
    """Layout, comments and examples do not change the hash; words, logic and numbers do."""
    before = load(files).hash
    assert before.startswith("sha256:")
    for old, new in (
        ("open_days > param.gap_days", "( open_days   >  param.gap_days )"),
        ("id: BRG-02\n", "# c\n\nid: BRG-02\n"),
        ("one day too many", "another name"), ("{nl: Zorg, en: Care}", "{en: Care, nl: Zorg}"),
    ):  # fmt: skip
        assert load(changed(files, (old, new))).hash == before
    for old, new in (("> param", ">= param"), ("en: Care", "en: Help"), ("severity: high", "severity: low")):
        assert load(changed(files, (old, new))).hash != before
    numbers = files["parameters.yaml"]
    for old, new in (("value: 0", "value: 1"), ("from: null", "from: 2027-01-01"), ("meetkeuze", "keuze")):
        assert load({**files, "parameters.yaml": numbers.replace(old, new)}).hash != before


def test_hash_of_numbers_by_code(files: dict[str, str]) -> None:
    """A number's value by code is part of the hash, in whatever order the codes stand."""

    def with_values(text: str) -> str:
        keyed = files["parameters.yaml"].replace("{from: null, value: 0}", f"{{from: null, value: {text}}}")
        keyed = keyed.replace("source: meetkeuze", "source: meetkeuze\n  keyed_by: incident.kind")
        return read({"parameters.yaml": keyed})[0].hash

    assert with_values("{violence: 1, calamity: 2}") == with_values("{calamity: 2, violence: 1}")
    assert with_values("{violence: 1, calamity: 2}") != with_values("{calamity: 2}")


def test_hash_of_unreadable_logic(files: dict[str, str]) -> None:
    """A rule whose logic cannot be read still has a hash, over its text."""
    file, _ = read_rule_file(PATH, changed(files, ("flag_when: gap", "flag_when: '((('"))[PATH])
    assert file is not None
    assert rule_hash(file.rule).startswith("sha256:")
