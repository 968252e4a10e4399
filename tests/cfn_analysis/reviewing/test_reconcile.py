"""A review compared with a change set. The change sets are from the AWS documentation and public issues."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from cfn_analysis.model.built_stack import BuiltStack
from cfn_analysis.reviewing import reconcile, report, sides
from cfn_analysis.reviewing.reconcile import ReconcileError
from cfn_analysis.reviewing.sides import Side
from csr_templates.cli import main as cli
from csr_templates.naming import PREFIX
from tests.data import read_yaml
from tests.system import PROJECT

from .own_changes import own_side
from .own_openings import OPENINGS

ROWS = read_yaml(Path(__file__).with_name("reconcile.yaml"))


def answer(*changes: Any, stack: str = "SampleStack", **more: Any) -> bytes:
    """Return the output of DescribeChangeSet."""
    whole = {"StackName": stack, "Status": "CREATE_COMPLETE", "Changes": list(changes), **more}
    return json.dumps(whole).encode()


def modified(name: str, replacement: str, *details: dict[str, str]) -> dict[str, Any]:
    """Return the change of a resource as in the output of DescribeChangeSet."""
    change = {"Action": "Modify", "LogicalResourceId": name, "Replacement": replacement, "Details": details}
    return {"ResourceChange": change}


@pytest.mark.parametrize("row", ROWS)
def test_rows(row: dict[str, Any]) -> None:
    """The changes agree, or one side has more, with the known reason. What the review lacks is missed."""
    old, new = (
        sides.template(
            json.dumps(row[side]), "us-east-1", row.get(f"given {side}", {}), "stack", name="t.json"
        )
        for side in ("before", "after")
    )
    status, reason = row.get("status", ("CREATE_COMPLETE", ""))
    data = reconcile.read(answer(*row["changes"], Status=status, StatusReason=reason), "changeset.json")

    reconciliation = reconcile.reconcile(report.review(old, new), data)

    verdicts = [[*verdict[:4], *verdict.notes] for verdict in reconciliation.comparisons]
    assert verdicts == row["verdicts"]
    assert [[*verdict[:4], *verdict.notes] for verdict in reconciliation.missed] == [
        verdict for verdict in verdicts if verdict[3] == "more in the change set"
    ]


def test_values_of_each_deploy() -> None:
    """The files do not contain these values, so the change set has more, and the note shows why."""
    side = own_side()
    detail = {"CausingEntity": "LambdaCodeS3ObjectVersion", "ChangeSource": "ParameterReference"}
    data = answer(modified("ApiFunction", "False", detail), stack=f"{PROJECT}-prod-api")

    reconciliation = reconcile.reconcile(
        report.review(side, side, ["prod"]), reconcile.read(data, "changeset.json")
    )

    assert (reconciliation.environment, reconciliation.stack) == ("prod", "api")
    assert reconciliation.missed[0].notes == (
        "the parameter LambdaCodeS3ObjectVersion is per-deploy, so its value is not in the files",
    )


READS: dict[str, Any] = {
    "export": {"Fn::ImportValue": "id"},
    "output": {"Fn::GetStackOutput": {"StackName": {"Fn::Sub": f"{PREFIX}network"}, "OutputName": "Id"}},
}


def stacks(network: Mapping[str, Any], value: Any, *, read: Any, environment: str = "prod") -> Side:
    """Return a set of two stacks, of which the second reads an output of the first."""
    values = {"ProjectName": "shop", "Environment": "prod"}
    parameters = {name: {"Type": "String"} for name in values}
    templates: dict[str, dict[str, Any]] = {
        "network": {
            "Parameters": parameters,
            "Resources": network,
            "Outputs": {"Id": {"Value": value, "Export": {"Name": "id"}}},
        },
        "api": {
            "Parameters": parameters,
            "Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": read}}},
        },
    }
    built = tuple(
        BuiltStack(name, f"{name}.yaml", "us-east-1", template, name_pattern=f"{PREFIX}{name}")
        for name, template in templates.items()
    )
    return Side("side", built, {environment: dict.fromkeys(templates, values)})


@pytest.mark.parametrize("read", READS.values(), ids=READS)
def test_what_follows_from_another_stack(read: Any) -> None:
    """A change set compares only its own stack, with the outputs that are deployed now."""

    def group(vpc: str) -> dict[str, Any]:
        properties = {"GroupDescription": "d", "VpcId": vpc}
        return {"Group": {"Type": "AWS::EC2::SecurityGroup", "Properties": properties}}

    def verdict(before: Side, after: Side) -> tuple[Any, ...]:
        data = reconcile.read(answer(stack="shop-prod-api"), "c.json")
        (comparison,) = reconcile.reconcile(report.review(before, after), data).comparisons
        return comparison

    before, after = (stacks({}, value, read=read) for value in ("1", "2"))
    note = "it follows from another stack, whose change is not deployed yet"
    assert verdict(before, after) == ("Topic", "update", "none", "more in the review", (note,))

    before, after = (stacks(group(vpc), {"Ref": "Group"}, read=read) for vpc in ("vpc-1", "vpc-2"))
    note = "it follows from network; a change set evaluates only its own stack"
    assert verdict(before, after) == ("Topic", "update", "none", "more in the review", (note,))


def test_the_stack_of_a_change_set() -> None:
    """It is found by the name of the deployed stack; only a single template matches any name."""
    side = stacks({}, "1", read="a")
    review = report.review(side, side)
    message = (
        "The stack api of the change set is not in the review. Use a change set of one of these stacks: "
        "shop-prod-network, shop-prod-api."
    )
    with pytest.raises(ReconcileError) as caught:
        reconcile.reconcile(review, reconcile.read(answer(stack="api"), "c.json"))
    assert str(caught.value) == message
    without = stacks({}, "1", read="a", environment="")
    with pytest.raises(ReconcileError) as caught:
        reconcile.reconcile(report.review(without, without), reconcile.read(answer(stack="api"), "c.json"))
    assert str(caught.value) == message
    single = side._replace(stacks=side.stacks[:1])
    with pytest.raises(ReconcileError):
        reconcile.reconcile(report.review(single, single), reconcile.read(answer(stack="api"), "c.json"))


def test_the_whole_comparison() -> None:
    """As text, with the environment and the notes; as JSON, with the keys of the page."""
    before, after = (stacks({}, value, read=READS["export"]) for value in ("1", "2"))
    data = reconcile.read(answer(stack="shop-prod-api"), "c.json")
    reconciliation = reconcile.reconcile(report.review(before, after), data)

    note = "it follows from another stack, whose change is not deployed yet"
    assert reconcile.as_text(reconciliation).splitlines() == [
        "api in prod: more in the change set: 0, more in the review: 1, agree: 0",
        "  more in the review  Topic: the review has update, AWS has none",
        f"    {note}",
        "",
        reconcile.SSM_VALUE_NOT_SEEN,
    ]
    topic = {"logicalId": "Topic", "ours": "update", "aws": "none", "verdict": "more in the review"}
    document = {
        "formatVersion": 1,
        "environment": "prod",
        "stack": "api",
        "resources": [{**topic, "notes": [note]}],
    }
    assert reconcile.as_json(reconciliation) == json.dumps(document, indent=2)


ERRORS = {
    b"{": "Cannot read changeset.json: it is not JSON",
    b"[]": "changeset.json is not the output of DescribeChangeSet: it does not have StackName. Create it "
    "with aws cloudformation describe-change-set --change-set-name ... --output json.",
    answer(NextToken="n"): "changeset.json is only a part of the output: it has NextToken.",
    answer(
        Status="CREATE_IN_PROGRESS"
    ): "The change set in changeset.json has the status CREATE_IN_PROGRESS. "
    "Wait for CREATE_COMPLETE, and describe it again.",
    answer(
        Status="FAILED", StatusReason="No export named x"
    ): "The change set in changeset.json has the status "
    "FAILED (No export named x). Fix the cause, and create it again.",
    answer(modified("A", "Perhaps")): "changeset.json: The change of A has Action Modify and Replacement "
    "Perhaps, which is not supported.",
    answer({"ResourceChange": {"Action": "Explode", "LogicalResourceId": "A"}}): "changeset.json: The change "
    "of A has Action Explode and Replacement None, which is not",
}


@pytest.mark.parametrize(("data", "message"), ERRORS.items())
def test_files_that_are_not_the_output_of_describe_change_set(data: bytes, message: str) -> None:
    """The message shows the content of the file, and what to do."""
    with pytest.raises(ReconcileError) as caught:
        reconcile.read(data, "changeset.json")

    assert str(caught.value).startswith(message)


def test_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command prints the comparison.

    It exits with 1 if the change set has more, and 2 for an unknown format.
    """
    monkeypatch.chdir(tmp_path)
    for name, level in (("before", "jobs"), ("after", "tasks")):
        text = f"Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n    Properties: {{QueueName: {level}}}\n"
        Path(f"{name}.yaml").write_text(text, "utf-8")
    arguments = ["review", "--before", "before.yaml", "--after", "after.yaml", "--reconcile", "c.json"]
    change = modified("Queue", "True")
    Path("c.json").write_bytes(answer(change))
    assert cli.main(arguments) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == [
        "after: more in the change set: 0, more in the review: 0, agree: 1",
        "  agree  Queue: replace",
    ]
    assert "issues/844" in lines[-1]

    Path("c.json").write_bytes(answer(change, modified("Topic", "False")))
    assert cli.main([*arguments, "--format", "json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert [resource["verdict"] for resource in document["resources"]] == ["agree", "more in the change set"]
    assert cli.main([*arguments, "--format", "markdown"]) == 2
    assert "--reconcile does not have the format markdown" in capsys.readouterr().err


def test_another_stack(capsys: pytest.CaptureFixture[str]) -> None:
    """The stack of the change set is found by its deployed name."""
    side = own_side()
    review = report.review(side, OPENINGS["key policy widened"](side), ["prod"])

    with pytest.raises(
        ReconcileError,
        match=r"^The stack other of the change set is not in the review\. Use a change set of one of these "
        f"stacks: {PROJECT}-",
    ):
        reconcile.reconcile(review, reconcile.read(answer(stack="other"), "c.json"))
    compared = reconcile.reconcile(review, reconcile.read(answer(stack=f"{PROJECT}-prod-api"), "c.json"))
    assert "  more in the review  FunctionKey: the review has update, AWS has none" in reconcile.as_text(
        compared
    )
