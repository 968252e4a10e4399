"""The rules as a package: found by their files, loaded by cfn-lint's own command."""

import ast
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

import pytest
from cfnlint.rules import Rules

import cfn_analysis.rules
from cfn_analysis.rules import CLASSES, NUMBERS, RULES, find_rules

from .harness import file_of_tests

FOLDER = Path(cfn_analysis.rules.__file__).parent
ALARM = (
    "Resources:\n  High:\n    Type: AWS::CloudWatch::Alarm\n    Properties:\n      AlarmDescription: Busy.\n"
)

RULE = """
from cfn_analysis.rules.support.rule import Rule

class {name}(Rule):
    \"\"\"Bucket.\"\"\"

    id = "{number}"
"""


def test_the_cfn_lint_command_loads_the_rules(tmp_path: Path) -> None:
    """The real command takes the rules with -a, from a folder that knows nothing of the project."""
    command = shutil.which("cfn-lint", path=sysconfig.get_path("scripts"))
    assert command is not None
    template = tmp_path / "alarm.yaml"
    template.write_text(ALARM)
    (tmp_path / "empty").mkdir()

    done = subprocess.run(
        [command, "-a", "cfn_analysis.rules", "--", str(template)],
        cwd=tmp_path / "empty",
        env={**os.environ, "PYTHONPATH": str(FOLDER.parents[1]), "HOME": str(tmp_path / "empty")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (6, "")  # an error and a warning
    assert "W9600 AlarmActions is missing: no one is notified when the alarm fires." in done.stdout


def test_cfn_lint_gets_every_rule_and_nothing_else() -> None:
    """What cfn-lint collects from the package is the rule of each file."""
    files: list[str] = []
    for folder in NUMBERS:
        files += [file.stem for file in (FOLDER / folder).glob("[a-z]*.py")]

    assert sorted(Rules.create_from_module("cfn_analysis.rules")) == sorted(rule.id for rule in RULES)
    assert sorted(rule.__module__.rpartition(".")[2] for rule in RULES) == sorted(files)


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_explains_itself(rule: Any) -> None:
    """A rule has a title, a description in sentences, a source, its folder as tag, and a class."""
    assert rule.shortdesc
    assert rule.description.endswith(".")
    assert rule.source_url.startswith("https://")
    assert [tag in NUMBERS for tag in rule.tags] == [True]
    assert rule.finding_class in CLASSES


def test_the_rules_load_nothing_else() -> None:
    """Importing the rules loads neither troposphere nor boto3 nor a part of the project but the model."""
    code = "import cfn_analysis.rules, sys; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(FOLDER.parents[1])},
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = set(done.stdout.split())
    own = {name for name in loaded if name.startswith(("csr_templates", "cfn_analysis."))}

    assert not {"troposphere", "awacs", "boto3"} & loaded
    assert {
        name for name in own if not name.startswith(("cfn_analysis.rules", "cfn_analysis.model"))
    } == set()


def test_each_rule_has_a_test_file_and_each_test_file_a_rule() -> None:
    """A test file has the name and the place of its rule."""
    files: set[Path] = set()
    for folder in NUMBERS:
        files.update((Path(__file__).parent / folder).glob("test_*.*"))

    assert files == {file_of_tests(rule) for rule in RULES}


def test_the_blocks_of_numbers_do_not_overlap() -> None:
    """Every folder with rules has its own block between 9500 and 9799."""
    numbers: list[int] = []
    for block in NUMBERS.values():
        numbers += block

    assert len(set(numbers)) == len(numbers)
    assert (min(numbers), max(numbers) < 9800) == (9500, True)
    assert all((FOLDER / folder / "__init__.py").exists() for folder in NUMBERS)


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"s3/one.py": RULE.format(name="One", number="E9700")}, None),
        ({"s3/one.py": "X = 1\n"}, "rules/s3/one.py contains 0 rules (). A file must contain exactly one."),
        (
            {"s3/one.py": RULE.format(name="One", number="E9700") + RULE.format(name="Two", number="E9701")},
            "rules/s3/one.py contains 2 rules (One, Two). A file must contain exactly one.",
        ),
        (
            {"s3/one.py": RULE.format(name="Other", number="E9700")},
            "rules/s3/one.py is not named like its rule, Other.",
        ),
        (
            {"s3/one.py": RULE.format(name="One", number="E9001")},
            "rules/s3/one.py has the ID 'E9001'. Rules on s3 have E or W and one of the numbers 9700 to "
            "9719. The next free number is 9714.",
        ),
        (
            {"s3/one.py": RULE.format(name="One", number="I9700")},
            "rules/s3/one.py has the ID 'I9700'. Rules on s3 have E or W and one of the numbers 9700 to "
            "9719.",
        ),
        (
            {"s3/one.py": RULE.format(name="One", number="E9710")},
            "rules/s3/one.py has the number 9710, which is retired. The next free number is 9714.",
        ),
        (
            {
                "s3/one.py": RULE.format(name="One", number="E9700"),
                "s3/two.py": RULE.format(name="Two", number="W9700"),
            },
            "rules/s3/two.py has the number 9700, which is taken by rules/s3/one.py. The next free number is "
            "9714.",
        ),
        (
            {
                "secretsmanager/one.py": RULE.format(name="One", number="E9791"),
                "secretsmanager/two.py": RULE.format(name="Two", number="E9785"),
            },
            "rules/secretsmanager/two.py has the ID 'E9785'. Rules on secretsmanager have E or W and one of "
            "the numbers 9780 to 9784, 9794, 9791. secretsmanager has no number left: give it more in "
            "NUMBERS of rules/support/numbers.py.",
        ),
        (
            {
                "one.py": "X = 1\n",
                "s3/two.py": RULE.format(name="Other", number="E9001"),
                "sns/three.py": "X = 1\n",
            },
            "rules/one.py is not in the folder of a service that has numbers. Move it into one of "
            f"{', '.join(NUMBERS)}, or give its folder numbers in NUMBERS of rules/support/numbers.py.\n"
            "rules/s3/two.py is not named like its rule, Other.\n"
            "rules/sns/three.py contains 0 rules (). A file must contain exactly one.\n"
            "rules/s3/two.py has the ID 'E9001'. Rules on s3 have E or W and one of the numbers 9700 to "
            "9719. The next free number is 9714.",
        ),
        ({"one.py": "X = 1\n"}, "rules/one.py is not in the folder of a service that has numbers. Move it "),
        (
            {"glue/one.py": "X = 1\n"},
            "rules/glue/one.py is not in the folder of a service that has numbers. ",
        ),
        ({"s3/more/one.py": "X = 1\n"}, "rules/s3/more/one.py is not in the folder of a service that has "),
    ],
)
def test_a_file_that_does_not_fit_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, str], message: str | None
) -> None:
    """A file without exactly one rule, or with a wrong name or number, is an error and not ignored."""
    monkeypatch.syspath_prepend(tmp_path)
    for name, text in files.items():
        file = tmp_path / "rules" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    try:
        if message is None:
            assert [rule.__name__ for rule in find_rules("rules", tmp_path / "rules")] == ["One"]
        else:
            with pytest.raises(ImportError) as caught:
                find_rules("rules", tmp_path / "rules")
            assert str(caught.value).startswith(message)
    finally:
        for name in [name for name in sys.modules if name.partition(".")[0] == "rules"]:
            del sys.modules[name]


def test_the_rules_need_only_cfn_lint() -> None:
    """No rule imports troposphere or a part of the project above it, not even for its types."""
    imported = set()
    for file in FOLDER.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.ImportFrom):
                imported.add(node.module or "")
            elif isinstance(node, ast.Import):
                imported.update(alias.name for alias in node.names)
    foreign = {name for name in imported if name.split(".")[0] not in {*sys.stdlib_module_names, "cfnlint"}}

    below = ("cfn_analysis.rules.", "cfn_analysis.model.")
    assert {name for name in foreign if not name.startswith(below)} == set()
