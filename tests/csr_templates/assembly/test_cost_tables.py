"""``cost_tables``: the tables of the cost for small stacks, and a wrong ``cost.json``."""

import json
from pathlib import Path
from typing import Any

import pytest

from cfn_analysis.model.built_stack import BuiltStack
from csr_templates.assembly.cost_tables import cost_tables
from csr_templates.reference.markers import PageError
from csr_templates.reference.words import Words

TEMPLATE: dict[str, Any] = {
    "Parameters": {
        "Cache": {"Type": "String", "Default": "true"},
        "Class": {"Type": "String", "Default": "0.5"},
    },
    "Resources": {
        "Key": {"Type": "AWS::KMS::Key"},
        "Api": {"Type": "AWS::ApiGateway::RestApi"},
        "Stage": {
            "Type": "AWS::ApiGateway::Stage",
            "Properties": {"CacheClusterEnabled": {"Ref": "Cache"}, "CacheClusterSize": {"Ref": "Class"}},
        },
        "Dashboard": {
            "Type": "AWS::CloudWatch::Dashboard",
            "Properties": {"DashboardBody": '{"widgets": []}'},
        },
    },
}
DOCUMENT: dict[str, Any] = {
    "usage": "usage.json",
    "hours": 73,
    "compared": [
        {"item": "API", "usd": 30, "services": ["AmazonApiGateway"], "why": "rounded"},
        {"item": "rest", "usd": 10, "services": [], "why": ""},
    ],
    "levers": [
        {"parameter": "Cache", "values": ["true", "false"]},
        {"parameter": "Class", "values": ["1.6"]},
        {"item": "without keys", "without": "kms-keys"},
    ],
}
USAGE = {"prod": {"api": {"api-requests": 1_000_000}}}


def tables(folder: Path, document: Any = DOCUMENT, usage: Any = USAGE) -> dict[str, list[str]]:
    """Return name -> lines of the tables of a stack in two environments."""
    (folder / "cost.json").write_text(json.dumps(document), "utf-8")
    (folder / "usage.json").write_text(json.dumps(usage), "utf-8")
    stack = BuiltStack("api", "api.yaml", "ap-northeast-1", TEMPLATE)
    values = {"dev": {"api": {"Cache": "false"}}, "prod": {"api": {"Cache": "true"}}}
    return {name: [*lines(Words())] for name, lines in cost_tables(folder, [stack], values, "prod").items()}


def test_the_fixed_cost(tmp_path: Path) -> None:
    """Lines without a price are omitted, and a line that an environment does not have is a dash."""
    assert tables(tmp_path)["cost"] == [
        "| stack | item | unit price | `dev` | `prod` |",
        "|---|---|---|---|---|",
        "| api | KMS key | 1.00 | 1.00 | 1.00 |",
        "| api | API cache 0.5 GB | 0.028 | – | 20.44 |",  # noqa: RUF001 - a dash
        "|  | **sum** |  | **1.00** | **21.44** |",
    ]


def test_the_cost_by_stack(tmp_path: Path) -> None:
    """A row for each stack, and the sums of the environments."""
    assert tables(tmp_path)["cost-by-stack"] == [
        "| stack | `dev` | `prod` |",
        "|---|---|---|",
        "| api | 1.00 | 21.44 |",
        "| **sum** | **1.00** | **21.44** |",
    ]


def test_the_comparison(tmp_path: Path) -> None:
    """An item without service codes is the rest; fixed cost and usage are separate."""
    assert tables(tmp_path)["cost-compared"][2:] == [
        "| API | 30 | 20.44 | 4.25 | rounded |",
        "| rest | 10 | 1.00 | 0.00 |  |",
        "| **sum** | **40** | **21.44** | **4.25** |  |",
    ]


def test_the_hours_of_a_trial(tmp_path: Path) -> None:
    """73 hours are a tenth of a month."""
    assert tables(tmp_path)["cost-hours"] == [
        "| environment | month | 73 h |",
        "|---|---|---|",
        "| `dev` | 1.00 | 0.10 |",
        "| `prod` | 21.44 | 2.14 |",
    ]


def test_the_levers(tmp_path: Path) -> None:
    """Only values that change the cost are shown: 0.054 - 0.028 = 0.026 x 730."""
    assert tables(tmp_path)["cost-levers"][2:] == [
        "| `Cache` | `true` +20.44 | `false` -20.44 |",
        "| `Class` | – | `1.6` +18.98 |",  # noqa: RUF001 - a dash
        "| without keys | -1.00 | -1.00 |",
    ]


def test_a_cost_that_is_not_known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A resource without a price is named below the sum, and no difference is shown."""
    document = {**DOCUMENT, "levers": [{"parameter": "Class", "values": ["2"]}]}
    assert tables(tmp_path, document)["cost-levers"][2:] == ["| `Class` | – | `2` ? |"]  # noqa: RUF001

    monkeypatch.setitem(TEMPLATE["Resources"], "Cluster", {"Type": "AWS::ECS::Cluster"})
    shown = tables(tmp_path, document)
    assert shown["cost"][-2:] == [
        "|  | **sum** |  | **1.00** | **21.44** |",
        "|  | not in the sum: not priced |  | `Cluster` | `Cluster` |",
    ]
    assert shown["cost-levers"][2:] == ["| `Class` | `2` ? | `2` ? |"]


def test_a_folder_without_the_file(tmp_path: Path) -> None:
    """Pages of other projects need no tables of the cost."""
    assert cost_tables(tmp_path, [], {}, "prod") == {}


@pytest.mark.parametrize(
    ("change", "usage", "message"),
    [
        ({"levers": [{"parameter": "Cash", "values": []}]}, USAGE, "no stack has the parameter Cash"),
        ({"compared": [{"item": "API"}]}, USAGE, "KeyError: 'usd'"),
        ({}, {"prd": {}}, "usage.json: prd: There is no such environment. Did you mean 'prod'?"),
        (
            {},
            {"prod": {"api": {"a": 1}}},
            "usage.json: prod.api.a: The stack does not pay this item by usage.",
        ),
    ],
)
def test_a_wrong_file(change: dict[str, Any], usage: Any, message: str, tmp_path: Path) -> None:
    """The message shows the file and the mistake."""
    with pytest.raises(PageError) as error:
        tables(tmp_path, {**DOCUMENT, **change}, usage)
    assert tmp_path.as_posix() in str(error.value)
    assert message in str(error.value)
