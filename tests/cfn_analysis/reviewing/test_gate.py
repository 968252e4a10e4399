"""Accepting risks: by options, and by new entries of review.json."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from csr_templates import api
from csr_templates.cli import main as cli
from tests.alarm_subjects import alarms_of, first_with_threshold
from tests.data import read_yaml

from .own_changes import OUT

RESOURCES = api.build().to_dict()["Resources"]
WEAKENED = first_with_threshold(RESOURCES)
UNCHANGED = next(name for name in alarms_of(RESOURCES) if name != WEAKENED)
ENTRY = {
    "kind": "guard",
    "stack": "api",
    "logicalId": WEAKENED,
    "property": "Threshold",
    "reason": "Replaced by another alarm.",
}


def with_alarms(value: Any) -> Any:
    """Return a value of gate.yaml with the names of two alarms, of which the first is weakened."""
    match value:
        case str():
            return value.replace("{alarm}", WEAKENED).replace("{unchanged alarm}", UNCHANGED)
        case list():
            return [with_alarms(entry) for entry in value]
        case dict():
            return {key: with_alarms(entry) for key, entry in value.items()}
    return value


ALARM, METHOD = f"guard:api.{WEAKENED}#Threshold", "opens:api.RootAnyMethod#ApiKeyRequired"
ERRORS = with_alarms(read_yaml(Path(__file__).with_name("gate.yaml")))


def run(*arguments: str) -> int:
    """Run the command in this process."""
    return cli.main(["review", *arguments])


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with uncommitted changes in out/: a higher threshold, and a method without key."""
    root = tmp_path_factory.mktemp("repository")
    for name in ("out", "deployed"):
        shutil.copytree(OUT, root / name)
        index = root / name / "stacks.json"
        manifest = json.loads(index.read_text("utf-8"))
        manifest["stacks"] = [
            stack for stack in manifest["stacks"] if stack["name"] == "api"
        ]  # one is enough
        index.write_text(json.dumps(manifest), "utf-8")
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]
    for arguments in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-q", "-m", "first"]):
        subprocess.run([*git, *arguments], cwd=root, check=True)
    template = root / "out" / "api.yaml"
    text = template.read_text("utf-8")
    alarm = text.index(f"  {WEAKENED}:")
    threshold = re.compile(r"Threshold: [0-9.]+").search(text, alarm)
    assert threshold is not None
    text = f"{text[: threshold.end()]}0{text[threshold.end() :]}"
    template.write_text(text.replace("ApiKeyRequired: true", "ApiKeyRequired: false", 1), "utf-8")
    return root


@pytest.fixture
def entries(repository: Path) -> Path:
    """The path of review.json, which does not exist yet."""
    file = repository / "review.json"
    file.unlink(missing_ok=True)
    return file


def test_each_risk_is_accepted_or_the_command_ends_with_1(
    repository: Path, entries: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An option or an entry with a reason accepts one risk or all of a kind.

    If all are accepted, the code is 0.
    """
    after = ["--after", str(repository / "out"), "--environment", "prod"]
    assert run(*after) == 1
    assert "2 risks not accepted" in capsys.readouterr().err
    assert run(*after, "--accept", "guard") == 1
    assert "1 risk not accepted" in capsys.readouterr().err
    assert run(*after, "--accept", ALARM, "--accept", "opens") == 0

    entries.write_text(json.dumps([ENTRY]), "utf-8")
    capsys.readouterr()
    assert run(*after, "--accept", METHOD, "--format", "json") == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    risks = {risk["kind"]: risk for risk in json.loads(captured.out)["risks"]}
    assert (risks["guard"]["accepted"], risks["guard"]["reason"]) == (True, ENTRY["reason"])
    assert (risks["opens"]["accepted"], risks["opens"]["reason"]) == (True, "")


def test_an_accepted_property_does_not_accept_another_one(
    repository: Path, entries: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A guard of a resource that is accepted does not accept another guard of it."""
    template = repository / "out" / "api.yaml"
    text = template.read_text("utf-8")
    alarm = text.index(f"  {WEAKENED}:")
    periods = text.index("EvaluationPeriods: ", alarm) + len("EvaluationPeriods: ")
    entries.write_text(json.dumps([ENTRY]), "utf-8")
    template.write_text(f"{text[:periods]}9{text[periods:]}", "utf-8")
    try:
        assert run("--after", str(repository / "out"), "--accept", METHOD) == 1
        assert '"property": "EvaluationPeriods"' in capsys.readouterr().err
    finally:
        template.write_text(text, "utf-8")


def test_the_entry_to_paste_and_the_entry_that_is_added(
    repository: Path, entries: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The error shows the entry of each risk, and the option adds it with the reason, once."""
    after = ["--after", str(repository / "out")]
    assert run(*after, "--accept", METHOD) == 1
    pasted = capsys.readouterr().err.partition("add it.\n")[2]
    (entry,) = json.loads(pasted)
    assert entry == {**ENTRY, "reason": "WHY IT IS INTENDED"}

    for _ in range(2):
        assert run(*after, "--accept", METHOD, "--accept", ALARM, "--reason", "理由") == 0
    added = json.loads(entries.read_text("utf-8"))
    assert [row["property"] for row in added] == ["ApiKeyRequired", "Threshold"]
    assert {row["reason"] for row in added} == {"理由"}
    assert run(*after) == 0


def test_an_entry_of_an_earlier_change_accepts_nothing(
    repository: Path, entries: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An entry that is in the base is named and ignored, so the risk is not accepted."""
    entries.write_text(json.dumps([ENTRY]), "utf-8")
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]
    for arguments in (["add", "review.json"], ["commit", "-q", "-m", "accept"]):
        subprocess.run([*git, *arguments], cwd=repository, check=True)
    try:
        assert run("--after", str(repository / "out"), "--accept", "opens") == 1
        err = capsys.readouterr().err
        assert f"Entry 1 of review.json ({ALARM}) is from an earlier change and is ignored." in err
    finally:
        subprocess.run(["git", "reset", "-q", "--soft", "HEAD~1"], cwd=repository, check=True)
        subprocess.run(["git", "rm", "-q", "--cached", "review.json"], cwd=repository, check=True)


def test_two_folders_in_one_place_share_the_file(
    repository: Path, entries: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """For two folders, review.json beside them belongs to the change, so its entries count."""
    entries.write_text(json.dumps([ENTRY]), "utf-8")
    before = str(repository / "deployed")

    assert run("--before", before, "--after", str(repository / "out"), "--accept", "opens") == 0
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(("options", "content", "message"), ERRORS)
def test_an_acceptance_without_effect_is_an_error(
    repository: Path,
    entries: Path,
    capsys: pytest.CaptureFixture[str],
    options: str,
    content: object,
    message: str,
) -> None:
    """An option or entry that does not match a risk is an error, because the name may be wrong."""
    if content is not None:
        text = content if isinstance(content, str) else json.dumps(content)
        entries.write_text(text, "utf-8")

    assert run("--after", str(repository / "out"), *options.split()) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert message in captured.err


def test_a_limited_review_does_not_need_every_entry(repository: Path, entries: Path) -> None:
    """Entries for environments that are not reviewed are not an error."""
    entries.write_text(json.dumps([{**ENTRY, "logicalId": UNCHANGED}]), "utf-8")
    after = ["--after", str(repository / "out"), "--environment", "prod"]

    assert run(*after, "--accept", "guard", "--accept", "opens") == 0
