"""``changes``: how the fixed cost of an environment changes, and why."""

from typing import Any

import pytest

from cfn_analysis.model.built_stack import BuiltStack
from cfn_analysis.reviewing import markdown, report, text
from cfn_analysis.reviewing.report import Review
from cfn_analysis.reviewing.sides import Side
from csr_templates.costs.changes import cost_notes
from csr_templates.costs.prices import Prices

ALARM = {"Type": "AWS::CloudWatch::Alarm", "Properties": {"Period": 300}}
CLUSTER = {"Type": "AWS::ECS::Cluster"}
FUNCTION = {"Type": "AWS::Lambda::Function", "Properties": {"MemorySize": 1024}}
ALIAS = {
    "Type": "AWS::Lambda::Alias",
    "Properties": {
        "Name": "live",
        "FunctionName": {"Ref": "Function"},
        "ProvisionedConcurrencyConfig": {"ProvisionedConcurrentExecutions": {"Ref": "Concurrency"}},
    },
}
RESOURCES = {"Alarm": ALARM, "Function": FUNCTION, "Alias": ALIAS}


def side(resources: dict[str, Any], default: str = "10", **environments: str) -> Side:
    """Return a stack in some environments, each with its concurrency."""
    parameters = {"Concurrency": {"Type": "Number", "Default": default}}
    stack = BuiltStack(
        "api", "api.yaml", "ap-northeast-1", {"Parameters": parameters, "Resources": resources}
    )
    values = {name: {"api": {"Concurrency": value}} for name, value in environments.items()}
    return Side("out", (stack,), values or {"": {"api": {}}})


def notes(before: Side, after: Side, prices: Prices) -> list[str]:
    """Return the notes of a review."""
    return cost_notes(report.review(before, after).environments, prices)


def test_a_parameter(prices: Prices) -> None:
    """1 x 1 GB x 2,628,000 s x 0.0000053835 = 14.15, only where the value changes."""
    sentences = notes(side(RESOURCES, dev="10", prod="10"), side(RESOURCES, dev="10", prod="11"), prices)

    assert sentences == ["Fixed cost in prod: +14.15 a month (141.58 -> 155.73 USD): Concurrency 10 -> 11."]


def test_a_default(prices: Prices) -> None:
    """A value that is not given is that of the template; a single template has no environment."""
    sentences = notes(side(RESOURCES, "10"), side(RESOURCES, "9"), prices)

    assert sentences == ["Fixed cost: -14.15 a month (141.58 -> 127.43 USD): Concurrency 10 -> 9."]


def test_a_resource(prices: Prices) -> None:
    """The item is the cause, with its quantity before and after."""
    sentences = notes(side(RESOURCES), side({**RESOURCES, "Other": ALARM}), prices)

    assert sentences == ["Fixed cost: +0.10 a month (141.58 -> 141.68 USD): api: Alarm metric 1 -> 2."]


def test_both(prices: Prices) -> None:
    """A parameter explains its part, and items the rest."""
    (sentence,) = notes(side(RESOURCES), side({"Function": FUNCTION, "Alias": ALIAS}, "11"), prices)

    assert sentence == (
        "Fixed cost: +14.05 a month (141.58 -> 155.63 USD): Concurrency 10 -> 11, api: Alarm metric 1 -> 0."
    )


def test_a_new_environment(prices: Prices) -> None:
    """Its whole cost is new."""
    sentences = notes(side(RESOURCES, prod="10"), side(RESOURCES, prod="10", test="0"), prices)

    assert [sentence for sentence in sentences if "prod" in sentence] == []
    assert sentences == ["Fixed cost in test: +0.10 a month (0.00 -> 0.10 USD): api: Alarm metric 0 -> 1."]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (RESOURCES, RESOURCES),
        (RESOURCES, {**RESOURCES, "Role": {"Type": "AWS::IAM::Role"}}),
        (
            {**RESOURCES, "Cluster": CLUSTER},
            {**RESOURCES, "Cluster": CLUSTER, "Topic": {"Type": "AWS::SNS::Topic"}},
        ),
    ],
    ids=["nothing", "a free resource", "an unknown resource that does not change"],
)
def test_nothing_to_say(before: dict[str, Any], after: dict[str, Any], prices: Prices) -> None:
    """The fixed cost does not change."""
    assert notes(side(before), side(after), prices) == []


def test_an_unknown_cost_is_said(prices: Prices) -> None:
    """It is never 0, also beside a difference that is known."""
    unknown = "not known: api.Cluster (no price of this type is saved)."

    assert notes(side(RESOURCES), side({**RESOURCES, "Cluster": CLUSTER}), prices) == [
        f"Fixed cost: {unknown}"
    ]
    assert notes(side({**RESOURCES, "Cluster": CLUSTER}), side(RESOURCES), prices) == [
        f"Fixed cost: {unknown}"
    ]
    assert notes(side(RESOURCES), side({**RESOURCES, "A": ALARM, "Cluster": CLUSTER}), prices) == [
        f"Fixed cost: +0.10 a month (141.58 -> 141.68 USD): api: Alarm metric 1 -> 2; {unknown}"
    ]


def test_what_holds_for_all_environments_is_said_once(prices: Prices) -> None:
    """A difference has other sums in each environment, but what is not known is the same."""
    before = side(RESOURCES, dev="10", prod="20")
    after = side({**RESOURCES, "Other": ALARM, "Cluster": CLUSTER}, dev="10", prod="20")

    assert notes(before, after, prices) == [
        "Fixed cost in dev: +0.10 a month (141.58 -> 141.68 USD): api: Alarm metric 1 -> 2.",
        "Fixed cost in all environments: not known: api.Cluster (no price of this type is saved).",
        "Fixed cost in prod: +0.10 a month (283.06 -> 283.16 USD): api: Alarm metric 1 -> 2.",
    ]


def test_what_holds_for_some_environments_names_them(prices: Prices) -> None:
    """Two of three have the same cost."""
    before = side(RESOURCES, a="10", b="10", c="20")
    sentences = notes(before, side({**RESOURCES, "Other": ALARM}, a="10", b="10", c="20"), prices)

    assert [sentence.partition(":")[0] for sentence in sentences] == [
        "Fixed cost in a and b", "Fixed cost in c",
    ]  # fmt: skip


def test_a_type_that_costs_nothing_is_not_mentioned(prices: Prices) -> None:
    """A model of a REST API, for example."""
    model = {"Type": "AWS::ApiGateway::Model", "Properties": {"RestApiId": "a", "ContentType": "a/b"}}

    assert notes(side(RESOURCES), side({**RESOURCES, "Model": model}), prices) == []


def test_a_change_of_an_unknown_resource(prices: Prices) -> None:
    """Its cost may change."""
    changed = {**CLUSTER, "Properties": {"ClusterName": "other"}}

    assert notes(side({"Cluster": CLUSTER}), side({"Cluster": changed}), prices) == [
        "Fixed cost: not known: api.Cluster (no price of this type is saved)."
    ]


def test_a_cost_that_is_known_on_one_side_only(prices: Prices) -> None:
    """Without the price, the sum is lower, but the cost is not: there is no difference to show."""

    def instance(instance_class: str) -> dict[str, Any]:
        cluster = {"Type": "AWS::RDS::DBCluster", "Properties": {"Engine": "aurora-mysql"}}
        properties = {
            "Engine": "aurora-mysql",
            "DBInstanceClass": instance_class,
            "DBClusterIdentifier": {"Ref": "Cluster"},
        }
        return {"Cluster": cluster, "Instance": {"Type": "AWS::RDS::DBInstance", "Properties": properties}}

    assert notes(side(instance("db.t3.medium")), side(instance("db.r8g.large")), prices) == [
        "Fixed cost: not known: api.Instance (no price of aurora-mysql-db.r8g.large in ap-northeast-1 is "
        "saved)."
    ]


def test_many_unknown_resources_are_cut(prices: Prices) -> None:
    """The sentence stays short."""
    clusters = {f"Cluster{number}": CLUSTER for number in range(9)}

    (sentence,) = notes(side({}), side(clusters), prices)
    assert sentence.endswith("and 3 more.")


@pytest.fixture
def reviewed(prices: Prices) -> Review:
    """A review with the note of a changed parameter."""
    review = report.review(side(RESOURCES, prod="10"), side(RESOURCES, prod="11"))
    return review._replace(notes=cost_notes(review.environments, prices))


def test_the_note_is_in_every_format(reviewed: Review) -> None:
    """In the text and in Markdown, it is between the risks and the changes."""
    note = "Fixed cost in prod: +14.15 a month (141.58 -> 155.73 USD): Concurrency 10 -> 11."

    assert report.document(reviewed)["notes"] == [note]
    lines = text.as_text(reviewed).split("\n")
    assert lines[2] == "No risks. 1 change has a known effect."
    assert lines[9] == note
    assert f"- {note.replace('>', '&gt;')}" in markdown.as_markdown(reviewed).split("\n")
