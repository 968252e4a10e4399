"""The public names of the package, and the programs of its page."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import cfn_analysis
from cfn_analysis import (
    LintError,
    Review,
    ReviewError,
    TemplateTextError,
    lint,
    read_template,
    review,
    template,
)

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "analysis.md").read_text("utf-8")
PROGRAMS = dict(re.findall(r"^## ([^\n]*)\n(?:(?!^## ).)*?^```python\n(.*?)^```", PAGE, re.M | re.S))
BEFORE = """\
Parameters: {Stage: {Type: String, Default: dev, AllowedValues: [dev, prod]}}
Resources:
  Letters:
    Type: AWS::SQS::Queue
    DeletionPolicy: Delete
    UpdateReplacePolicy: Delete
    Properties:
      QueueName: !Sub letters-${Stage}
      MessageRetentionPeriod: 1209600
  Alarms:
    Type: AWS::SNS::Topic
    Properties:
      DisplayName: !Sub alarms of ${Letters.QueueName}
  News:
    Type: AWS::SNS::Topic
    DependsOn: Letters
Outputs:
  QueueUrl:
    Value: !Ref Letters
"""
AFTER = BEFORE.replace("letters-", "mails-")
# Runs a program as its file, without the libraries that only csr_templates needs.
START = """\
import runpy, sys
for name in ("awacs", "boto3", "botocore", "csr_templates", "troposphere"):
    sys.modules[name] = None
runpy.run_path(sys.argv[1], run_name="__main__")
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder that has only the package, as a wheel installs it."""
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(ROOT / "src" / "cfn_analysis", folder / "cfn_analysis")
    return folder


@pytest.fixture
def run(site: Path, tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return a function that runs the program of a section beside both templates."""

    def run_program(title: str, before: str = BEFORE, after: str = AFTER) -> subprocess.CompletedProcess[str]:
        (tmp_path / "before.yaml").write_text(before, "utf-8")
        (tmp_path / "template.yaml").write_text(after, "utf-8")
        (tmp_path / "program.py").write_text(PROGRAMS[title], "utf-8")
        return subprocess.run(
            [sys.executable, "-c", START, "program.py"],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(site)},
            capture_output=True,
            text=True,
            check=False,
        )

    return run_program


Run = Callable[..., subprocess.CompletedProcess[str]]


def test_the_page_has_five_programs() -> None:
    """The tests below run each of them."""
    assert list(PROGRAMS) == [
        "Lint",
        "Review a change",
        "List what an update replaces",
        "Find what references a resource",
        "Render",
    ]


def test_the_page_uses_public_names() -> None:
    """What the programs import, and the errors of the table, are exported."""
    names = set(re.findall(r"`(\w+Error)`", PAGE))
    for imported in re.findall(r"^from cfn_analysis import (.*)", PAGE, re.M):
        names.update(imported.split(", "))

    assert names - {"ValueError"} <= set(cfn_analysis.__all__)
    for name in re.findall(r"^\| `(\w+Error)`", PAGE, re.M):
        assert issubclass(getattr(cfn_analysis, name), ValueError)


def test_lint(run: Run) -> None:
    """A template without errors ends with 0; an error is printed with its place, and ends with 1."""
    fine = run("Lint")
    wrong = run("Lint", after=BEFORE.replace("1209600", "1209600\n      Delay: 1"))

    assert (fine.returncode, fine.stdout, fine.stderr) == (0, "", "")
    assert wrong.returncode == 1
    assert wrong.stdout.startswith("template.yaml:10: error E3002 Resources/Letters/Properties/Delay")


def test_review(run: Run) -> None:
    """A new name replaces the queue: the review says so, and the program ends with 1."""
    changed = run("Review a change")
    equal = run("Review a change", after=BEFORE)
    refused = run("Review a change", after=AFTER.replace("dev, prod", "dev, live"))

    assert (changed.returncode, changed.stderr) == (1, "")
    assert "data-loss" in changed.stdout
    assert (equal.returncode, equal.stderr) == (0, "")
    assert (refused.returncode, refused.stderr) == (
        1,
        'template.yaml: the parameter Stage has the value "prod", which is not one of dev, live.\n',
    )


def test_what_is_replaced(run: Run) -> None:
    """The resource, the properties that replace it, and the effect on its data."""
    printed = run("List what an update replaces")

    assert (printed.stdout, printed.stderr) == ("replace Letters (QueueName), data: lost\n", "")


def test_references(run: Run) -> None:
    """References of resources and outputs, and dependencies."""
    printed = run("Find what references a resource")

    assert (printed.stdout.splitlines(), printed.stderr) == (
        [
            "Resources.Alarms: Properties.DisplayName",
            "Resources.News: DependsOn",
            "Outputs.QueueUrl: Value",
        ],
        "",
    )


def test_render(run: Run, tmp_path: Path) -> None:
    """The template is written in its final form, with the same content."""
    done = run("Render")

    rendered = tmp_path / "rendered.yaml"
    assert (done.returncode, done.stderr) == (0, "")
    assert read_template(rendered) == read_template(AFTER)
    assert "QueueName: !Sub mails-${Stage}\n" in rendered.read_text("ascii")


def summary(change: Review) -> list[tuple[str, str]]:
    """Return each resource of a review that changes, and how, with its risks."""
    resources = change.environments[0].stacks[0].resources
    changes = [(outcome.change.node.name, outcome.change.action) for outcome in resources]
    return changes + [(risk.name, risk.message) for risk in change.risks]


SOURCES: list[Callable[[Path], Any]] = [
    lambda path: path,
    lambda path: path.read_bytes(),
    lambda path: path.read_text("utf-8"),
    lambda path: b"\xef\xbb\xbf" + path.read_bytes(),
]


@pytest.mark.parametrize("source", SOURCES, ids=["file", "bytes", "text", "bytes with a byte order mark"])
def test_a_template_is_a_file_bytes_or_text(source: Callable[[Path], Any], tmp_path: Path) -> None:
    """All functions accept all of them, with the same result."""
    before, after = tmp_path / "before.yaml", tmp_path / "after.yaml"
    before.write_text(BEFORE, "utf-8")
    after.write_text(AFTER.replace("1209600", "1209601"), "utf-8")

    findings = lint(source(after), "eu-west-1")
    change = review(source(before), source(after), region="eu-west-1")
    sides = review(template(source(before), "eu-west-1"), template(source(after), "eu-west-1"))

    assert [finding.rule for finding in findings] == ["E3034"]
    assert findings[0].file == (str(after) if isinstance(source(after), Path) else "")
    assert summary(change) == summary(sides) == summary(review(BEFORE, after, region="eu-west-1"))
    assert read_template(source(after)) == read_template(after)


def test_a_path_as_text_is_refused() -> None:
    """A ``str`` is the text, so the path of a file must be a Path."""
    says = r"a str is the text of a template, but 'site\.yaml' is a path\. Use Path\('site\.yaml'\)\."
    with pytest.raises(LintError, match=says):
        lint("site.yaml", "eu-west-1")
    with pytest.raises(ReviewError, match=says):
        template("site.yaml", "eu-west-1")
    with pytest.raises(TemplateTextError, match=says):
        read_template("site.yaml")


def test_what_cannot_be_read_is_refused(tmp_path: Path) -> None:
    """Bytes that are not UTF-8, and a missing file."""
    with pytest.raises(LintError, match=r"^Cannot read the template: it is not UTF-8"):
        lint(b"\xff", "eu-west-1")
    with pytest.raises(ReviewError, match=r"^Cannot read <template>: it is not UTF-8"):
        template(b"\xff", "eu-west-1")
    with pytest.raises(FileNotFoundError):
        lint(tmp_path / "site.yaml", "eu-west-1")
    with pytest.raises(FileNotFoundError):
        review(tmp_path / "site.yaml", AFTER, region="eu-west-1")


REVIEWS: dict[str, tuple[Callable[[], object], str]] = {
    "no region": (lambda: review(BEFORE, AFTER, region=""), "The region of the templates is missing"),
    "one side": (
        lambda: review(template(BEFORE, "eu-west-1"), AFTER),  # type: ignore[call-overload]
        "Only one of the two is a Side",
    ),
    "sides with a region": (
        lambda: review(  # type: ignore[call-overload]
            template(BEFORE, "eu-west-1"), template(AFTER, "eu-west-1"), region="eu-west-1"
        ),
        "Leave out region and parameters",
    ),
    "unknown parameter": (
        lambda: review(BEFORE, AFTER, region="eu-west-1", parameters={"Stag": "dev"}),
        "Neither template has the parameter Stag",
    ),
}


@pytest.mark.parametrize("name", REVIEWS)
def test_a_review_refuses_arguments_that_do_not_fit(name: str) -> None:
    """The message states what to do."""
    call, message = REVIEWS[name]
    with pytest.raises(ReviewError, match=message):
        call()


def test_a_parameter_of_one_version_has_its_value_there() -> None:
    """A version that adds or removes a parameter can be reviewed with a value for it."""
    added = AFTER.replace("Parameters: {", "Parameters: {Size: {Type: Number}, ")

    change = review(BEFORE, added, region="eu-west-1", parameters={"Size": "5"})

    parameters = change.environments[0].stacks[0].parameters
    assert [(parameter.name, parameter.action) for parameter in parameters] == [("Size", "add")]


def test_names_are_loaded_at_their_first_use() -> None:
    """The import loads nothing else, and every name exists."""
    code = (
        "import sys, cfn_analysis\n"
        "loaded = lambda: {name.split('.')[0] for name in sys.modules}\n"
        "print(sorted(loaded() & {'cfnlint', 'troposphere', 'csr_templates'}))\n"
        "[getattr(cfn_analysis, name) for name in cfn_analysis.__all__]\n"
        "print(sorted(loaded() & {'troposphere', 'csr_templates'}))\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )

    assert done.stdout == "[]\n[]\n"
    assert set(cfn_analysis.__all__) <= set(dir(cfn_analysis))
    with pytest.raises(AttributeError, match="module 'cfn_analysis' has no attribute 'nothing'"):
        _ = cfn_analysis.nothing  # type: ignore[attr-defined]
