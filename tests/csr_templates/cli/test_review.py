"""``csr-templates review``: sides, formats and wrong input."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from csr_templates.cli import folders
from csr_templates.cli import main as cli
from tests.system import STACK_NAMES

OUT = Path(__file__).resolve().parents[3] / "out"
BEFORE = """\
Parameters: {Size: {Type: Number, Default: 30}}
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Properties: {QueueName: jobs, VisibilityTimeout: !Ref Size}
"""


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two templates and a parameter file, in which the command runs."""
    (tmp_path / "before.yaml").write_text(BEFORE, "utf-8")
    (tmp_path / "after.yaml").write_text(BEFORE.replace("jobs", "tasks"), "utf-8")
    (tmp_path / "sizes.json").write_text('{"Parameters": {"Size": "60"}}', "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    return tmp_path


def run(*arguments: str) -> int:
    """Run the command in this process."""
    return cli.main(["review", *arguments])


ENTRIES = [
    {
        "kind": kind,
        "stack": "after",
        "logicalId": "Queue",
        "property": "QueueName",
        "reason": "WHY IT IS INTENDED",
    }
    for kind in ("data-loss", "replace")
]


def test_two_templates_as_text(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The report is on standard output, and a risk that is not accepted ends with 1."""
    assert run("--before", "before.yaml", "--after", "after.yaml", "--parameters-after", "sizes.json") == 1
    captured = capsys.readouterr()

    assert captured.err == (
        "csr-templates: No stacks.json lists after.yaml: reviewed for ap-northeast-1. Specify another region "
        "with --region.\n"
        "csr-templates: 2 risks not accepted. Change the template, or accept intended risks: add the entry "
        "to review.json, or let --accept KIND:STACK.ID#PROPERTY --reason TEXT add it.\n"
        f"{json.dumps(ENTRIES, indent=2)}\n"
    )
    assert captured.out.splitlines() == [
        "before.yaml -> after.yaml",
        "",
        "Risks: 1 data-loss, 1 replace. 1 change has a known effect.",
        "",
        "  data-loss  after.Queue#QueueName",
        "    The data of Queue is deleted: it is replaced, and its UpdateReplacePolicy is Delete. To keep "
        "the data, set",
        "      UpdateReplacePolicy: Retain, or revert the change.",
        "",
        "  replace  after.Queue#QueueName",
        "    Queue is replaced, because QueueName changes: a new one is created, and the old one is deleted "
        "with its",
        "      data.",
        "",
        "Effects:",
        "",
        "  after.Queue  VisibilityTimeout: 30 -> 60",
        "    A message whose processing fails is delivered again later.",
        "",
        "after (ap-northeast-1): 1 replaced",
        "  parameter Size: 30 -> 60  [sizes.json]",
        "  replace  Queue  AWS::SQS::Queue",
        "      data: lost, interruption: not known",
        "      QueueName: jobs -> tasks  [after.yaml]",
        "      VisibilityTimeout: 30 -> 60  [sizes.json > parameter Size]",
    ]


def test_two_templates_as_json(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One environment without a name, one stack named after the later file, in the region given."""
    arguments = [
        "--before",
        "before.yaml",
        "--after",
        "after.yaml",
        "--format",
        "json",
        "--region",
        "eu-west-1",
    ]
    assert run(*arguments) == 1
    document = json.loads(capsys.readouterr().out)

    (environment,) = document["environments"]
    (stack,) = environment["stacks"]
    assert (environment["name"], stack["name"], stack["region"]) == ("", "after", "eu-west-1")
    assert [resource["logicalId"] for resource in stack["resources"]] == ["Queue"]


KEY = """\
  Key:
    Type: AWS::KMS::Key
    DeletionPolicy: Retain
    Properties: {KeyPolicy: {Version: "2012-10-17", Statement: []}}
"""


@pytest.mark.parametrize("format_name", ["text", "markdown", "json"])
def test_a_change_of_the_fixed_cost(
    format_name: str, files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The report shows it in each format; it is not a risk."""
    (files / "after.yaml").write_text(f"{BEFORE}{KEY}", "utf-8")
    assert run("--before", "before.yaml", "--after", "after.yaml", "--format", format_name) == 0

    printed = capsys.readouterr().out.replace("&gt;", ">")
    assert "Fixed cost: +1.00 a month (0.00 -> 1.00 USD): after: KMS key 0 -> 1." in printed


def test_two_folders(capsys: pytest.CaptureFixture[str]) -> None:
    """If a folder is compared with itself, there is no change, in one environment or in all."""
    assert run("--before", str(OUT), "--after", str(OUT), "--environment", "prod") == 0

    lines = capsys.readouterr().out.splitlines()
    assert lines[1:] == ["", "No changes.", "", f"No change: {', '.join(STACK_NAMES)}."]


def test_a_revision_of_a_template(files: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A name that is not a file is a revision. Without a name, the base of the branch is used."""
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]
    for arguments in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "first"]):
        subprocess.run([*git, *arguments], cwd=files, check=True)
    (files / "after.yaml").write_text(BEFORE, "utf-8")

    for arguments in (["--after", "after.yaml"], ["--before", "HEAD", "--after", "after.yaml"]):
        assert run(*arguments) == 1
        assert "QueueName: tasks -> jobs" in capsys.readouterr().out
    assert run("--before", "HEAD", "--after", "new.yaml") == 2
    assert run("--before", "HEAD~9", "--after", "after.yaml") == 2
    (files / "new.yaml").write_text(BEFORE, "utf-8")
    assert run("--after", "new.yaml") == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["--after", "missing"],
            "missing does not exist. Build first, or specify an output folder or a template with --after.",
        ),
        (["--after", "after.yaml"], "is not in a Git repository. Specify two output folders"),
        (["--before", "", "--after", "after.yaml"], "The value of --before is empty. Specify a folder, a"),
        (["--link-base", "https://a.example"], "--link-base is for --format markdown. Add the format, or"),
        (["--link-base", "a", "--format", "markdown"], "--link-base: found 'a'. Specify a URL that starts"),
        (["--before", "before.yaml", "--after", str(OUT)], "before.yaml is a file, but "),
        (
            ["--before", str(OUT), "--after", "after.yaml"],
            "is a folder, but after.yaml is a file. Specify two output folders or two templates.",
        ),
        (
            ["--before", str(OUT), "--after", str(OUT), "--region", "eu-west-1"],
            "--region is for two templates, but ",
        ),
        (
            ["--before", "before.yaml", "--after", "after.yaml", "--environment", "prod"],
            "--environment is for output folders",
        ),
        (
            ["--before", str(OUT), "--after", str(OUT), "--environment", "pord"],
            f"There is no environment pord in {OUT.as_posix()}. Did you mean 'prod'? It has dev, ",
        ),
        (
            ["--before", ".", "--after", str(OUT)],
            "./stacks.json does not exist, so the folder is not the output of a build.",
        ),
        (
            ["--before", "sizes.json", "--after", "after.yaml"],
            "Cannot read sizes.json: it has no mapping Resources",
        ),
        (
            ["--before", "before.yaml", "--after", "after.yaml", "--parameters-after", "before.yaml"],
            "Cannot read before.yaml: it is not JSON",
        ),
        (
            ["--before", "before.yaml", "--after", "after.yaml", "--parameters-after", "gone.json"],
            "Cannot read gone.json: No such file",
        ),
        (
            ["--before", "before.yaml", "--after", "after.yaml", "--parameters-before", "other.json"],
            "before.yaml does not have the parameter Colour.",
        ),
        (
            ["--before", "before.yaml", "--after", "after.yaml", "--region", "mars-1"],
            "There are no schemas for the region 'mars-1'; cfn-lint ",
        ),
    ],
)
def test_bad_input(
    files: Path, arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Input that cannot be compared ends with 2 and one sentence, without a report."""
    (files / "other.json").write_text('{"Parameters": {"Colour": "red"}}', "utf-8")

    assert run(*arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("csr-templates: ")
    assert message in captured.err


def test_says_for_which_region_it_reviewed_by_default(
    files: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without --region and without a manifest that lists the file, the region may be wrong."""
    run("--before", "before.yaml", "--after", "after.yaml", "--format", "json")
    report, note = capsys.readouterr()
    assert json.loads(report)["environments"][0]["stacks"][0]["region"] == "ap-northeast-1"
    assert note.startswith(
        "csr-templates: No stacks.json lists after.yaml: reviewed for ap-northeast-1. Specify another region "
        "with --region.\n"
    )

    run("--before", "before.yaml", "--after", "after.yaml", "--region", "ap-northeast-1")
    assert "stacks.json" not in capsys.readouterr().err


def test_a_built_template_has_the_region_of_its_stack(capsys: pytest.CaptureFixture[str]) -> None:
    """The manifest beside it lists it, so nothing is assumed."""
    frontend = str(OUT / "frontend.yaml")

    assert run("--before", frontend, "--after", frontend, "--format", "json") == 0

    report, note = capsys.readouterr()
    assert json.loads(report)["environments"][0]["stacks"][0]["region"] == "us-east-1"
    assert note == ""


def test_the_default_is_the_folder_of_the_checkout(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without options, out/ is compared with out/ in the base commit."""
    if not (OUT.parent / ".git").exists():
        pytest.skip("a copy without history")
    monkeypatch.setattr(folders, "default_output", lambda: OUT)

    assert run("--before", "HEAD") in (0, 1)  # a checkout with uncommitted changes can have risks
    assert capsys.readouterr().out.startswith(f"{OUT.as_posix()} of HEAD -> {OUT.as_posix()}\n")


def test_the_code_of_the_stacks_is_not_read() -> None:
    """An error in the code of a stack does not prevent a review."""
    code = (
        "import sys\nfrom csr_templates.cli.main import main\nassert main(['review', '--before', "
        f"{str(OUT)!r}, '--after', {str(OUT)!r}]) == 0\nwrong = [one for one in sys.modules if "
        "one.startswith(('troposphere', 'csr_templates.stacks', 'cfnlint', 'boto'))]\nassert wrong == [], "
        "wrong\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
