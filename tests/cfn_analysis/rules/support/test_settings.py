"""The rows of settings that do not fit together."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cfnlint.jsonschema import StandardValidator

from cfn_analysis.rules.settings import settings_that_do_not_fit
from cfn_analysis.rules.support import settings
from cfn_analysis.rules.support.rule import Rule, RuleFinding
from cfn_analysis.rules.template import weak_setting
from tests.data import read_yaml

from ..harness import file_of_tests, findings, rows_of

FILES = sorted(settings.FOLDER.glob("*.yaml"))
SCHEMA = json.loads((settings.FOLDER / "settings.schema.json").read_text("ascii"))
RULES: dict[str, tuple[Any, type[Rule]]] = {
    "E9735": (settings_that_do_not_fit, settings_that_do_not_fit.SettingsThatDoNotFit),
    "W9516": (weak_setting, weak_setting.WeakSetting),
}


def errors(content: Any) -> list[str]:
    """Return what the schema of the files says of the content of one."""
    return [error.message for error in StandardValidator(SCHEMA).iter_errors(content)]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_each_file_follows_the_schema(file: Path) -> None:
    """An editor with a YAML server finds the schema by the first line, and the file follows it."""
    first_line = file.read_text("ascii").split("\n", 1)[0]

    assert first_line == "# yaml-language-server: $schema=settings.schema.json"
    assert errors(read_yaml(file)) == []


ROW = {
    "at": ["SNS::Topic"],
    "when": {"FifoTopic": {"const": True}},
    "says": "Remove it.",
    "source": "https://docs.aws.amazon.com/sns/",
}


@pytest.mark.parametrize(
    "changes",
    [
        {"at": ["AWS::SNS::Topic/"]},
        {"when": {}},
        {"when": {"FifoTopic": "true"}},
        {"when": {"FifoTopic": {"matching": "^a"}}},
        {"when": {"FifoTopic": {"not": {"matching": "^a"}}}},
        {"when": {"KmsMasterKeyId": {"to": "Key"}}},
        {"except": {"TopicName": True}},
        {"says": "Remove it"},
        {"source": "the documentation"},
    ],
)
def test_the_schema_refuses_a_wrong_row(changes: dict[str, Any]) -> None:
    """A misspelt key or keyword, which would otherwise make the row apply to everything, is an error."""
    assert errors({"E9735": [ROW]}) == []
    assert errors({"E9735": [{**copy.deepcopy(ROW), **changes}]}) != []
    assert errors({"E9999": [ROW]}) != []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_a_row_is_in_the_file_of_its_service(file: Path) -> None:
    """The first place of a row names the service of its file."""
    services = {"awslambda": "lambda"}
    prefixes: set[str] = set()
    for rows in read_yaml(file).values():
        prefixes.update(row["at"][0].split("::")[0].lower() for row in rows)

    assert prefixes == {services.get(file.stem, file.stem)}


def is_from(row: settings.Row, entry: dict[str, Any]) -> bool:
    """Return whether a row is that of an entry of a file, at one of its places."""
    settings_of_entry: dict[str, Any] = entry["when"]
    return bool(row.says == entry["says"]) and settings_of_entry.items() <= row.when.items()


def is_applied(entry: dict[str, Any], applied: list[settings.Row]) -> bool:
    """Return whether one of the rows that were applied is that of an entry."""
    return any(is_from(row, entry) for row in applied)


@pytest.mark.parametrize("rule_id", RULES)
def test_each_row_finds_something(monkeypatch: pytest.MonkeyPatch, rule_id: str) -> None:
    """Each row has a test in which it is the row with the finding."""
    module, rule = RULES[rule_id]
    applied: list[settings.Row] = []

    def recorded(*arguments: Any) -> Iterator[tuple[settings.Row, RuleFinding]]:
        for row, finding in settings.faulty_settings(*arguments):
            applied.append(row)
            yield row, finding

    monkeypatch.setattr(module, "faulty_settings", recorded)
    for case in rows_of(read_yaml(file_of_tests(rule)), "bad"):
        findings(rule(), case.text, case.regions, case.parameters)

    entries: list[dict[str, Any]] = []
    for file in FILES:
        entries += read_yaml(file).get(rule_id, [])
    unused = [entry for entry in entries if not is_applied(entry, applied)]
    assert unused == []
