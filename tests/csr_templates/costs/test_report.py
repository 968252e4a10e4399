"""``report``: the three formats, and the schema of the JSON document."""

import json
from datetime import date
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from cfnlint.jsonschema import StandardValidator

from csr_templates.costs import report
from csr_templates.costs.estimate import ByUsage, Estimate, Line, UnpricedResource, estimate
from csr_templates.costs.prices import Prices
from csr_templates.hand_over.built_folder import BuiltFolder
from tests.csr_templates.costs.conftest import stack
from tests.gfm import HOSTILE, structure

SCHEMA = json.loads(files("csr_templates.costs").joinpath("cost.schema.json").read_text("utf-8"))
DAY = date(2026, 11, 29)
RESOURCES = {
    "Key": {"Type": "AWS::KMS::Key"},
    "Api": {"Type": "AWS::ApiGateway::RestApi"},
    "Cluster": {"Type": "AWS::ECS::Cluster"},
}
USAGE = {"site": {"api-requests": Decimal(1_500_000), "kms-requests": Decimal("0.5")}}


@pytest.fixture
def small(prices: Prices) -> Estimate:
    """The cost of a small stack, with usage."""
    return estimate("prod", [stack(RESOURCES)], {}, prices, USAGE)


def test_the_json_document(small: Estimate) -> None:
    """Money is text with two decimals, and quantities are numbers."""
    expected = Path(__file__).with_name("report.json").read_text("utf-8")

    assert json.loads(report.as_json([small], DAY)) == json.loads(expected)


def test_documents_match_the_schema(small: Estimate, folder: BuiltFolder, prices: Prices) -> None:
    """The schema allows our environments, and no other keys."""
    validator = StandardValidator(schema=SCHEMA)
    ours = [estimate(name, folder.stacks, values, prices) for name, values in folder.environments.items()]
    document = json.loads(report.as_json([*ours, small], DAY))

    assert [*validator.iter_errors(document)] == []
    for place in (document, document["environments"]["dev"], document["environments"]["dev"]["lines"][0]):
        place["other"] = 1
        assert [*validator.iter_errors(document)]
        del place["other"]


def test_the_text(small: Estimate) -> None:
    """Fixed cost and usage are separate sums, and what is not priced is listed."""
    lines = report.as_text([small], DAY).split("\n")

    assert lines[0] == "prod: 1.00 USD a month, fixed (prices of 2026-11-29)"
    assert [line.split()[-1] for line in lines[1:7]] == ["1.00", "1.00", "6.38", "0.00", "6.38", "7.38"]
    assert [lines[number].split()[:-1] for number in (2, 5, 6)] == [
        ["fixed"],
        ["usage"],
        ["fixed", "and", "usage"],
    ]
    assert lines[7:12] == [
        "  not priced, so not in the sum:",
        "    site.Cluster (AWS::ECS::Cluster): no price of this type is saved",
        "  billed by usage, so not in the fixed sum (key for --usage, price of the first tier):",
        "    kms-requests: KMS requests; Requests at 0.000003 (site)",
        "    api-requests: REST API requests; Requests at 0.00000425 (site)",
    ]
    assert lines[13] == report.BASIS[0]


def test_an_item_without_a_price_in_the_region(prices: Prices) -> None:
    """The text says so."""
    api = stack({"Api": {"Type": "AWS::ApiGateway::RestApi"}}, "eu-west-1")

    text = report.as_text([estimate("", [api], {}, prices)], DAY)
    assert text.startswith("Defaults of the templates: 0.00 USD a month")
    assert "    api-requests: REST API requests; Requests at no price (site)" in text


def test_markdown(small: Estimate) -> None:
    """The lines are a table, with the sums at its end."""
    lines = report.as_markdown([small], DAY).split("\n")

    assert lines[:13] == [
        "### prod: 1.00 USD a month, fixed",
        "",
        "Prices of 2026-11-29.",
        "",
        "| stack | item | quantity | unit | unit price | a month |",
        "|---|---|---:|---|---:|---:|",
        "| site | KMS key | 1 | Keys | 1.00 | 1.00 |",
        "| | **fixed** | | | | **1.00** |",
        "| site | REST API requests | 1,500,000 | Requests | 0.00000425 | 6.38 |",
        "| site | KMS requests | 0.5 | Requests | 0.000003 | 0.00 |",
        "| | **usage** | | | | **6.38** |",
        "| | **fixed and usage** | | | | **7.38** |",
        "",
    ]
    assert "- `site.Cluster` (`AWS::ECS::Cluster`): no price of this type is saved" in lines
    assert "- site: KMS requests; REST API requests" in lines


def test_the_free_amounts_are_stated(small: Estimate) -> None:
    """In each format for readers."""
    for render in (report.as_text, report.as_markdown):
        text: Any = " ".join(render([small], DAY).split())
        assert "the first three dashboards" in text
        assert "free alarm metrics and custom metrics of an account" in text
        assert "first 50 AWS endpoints" in text


def _with(value: str) -> Estimate:
    """Return an estimate with a value in each text that comes from a template or a folder."""
    line = Line(value, value, value, Decimal(1), value, Decimal(1), Decimal(1))
    return Estimate(
        value,
        [line],
        [UnpricedResource(value, value, value, value)],
        [ByUsage(value, value, value, value, Decimal(1))],
        [line],
    )


@pytest.mark.parametrize("value", HOSTILE)
def test_a_hostile_value_is_text(value: str) -> None:
    """In Markdown it adds no structure, and in a terminal no control character and no line of its own."""
    markdown = report.as_markdown([_with(value)], DAY)
    text = report.as_text([_with(value)], DAY)

    assert structure(markdown) == structure(report.as_markdown([_with("ordinary")], DAY))
    assert all(line.isprintable() for line in text.split("\n"))
    assert len(text.split("\n")) == len(report.as_text([_with("ordinary")], DAY).split("\n"))
