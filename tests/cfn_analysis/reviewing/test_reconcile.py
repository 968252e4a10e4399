"""A review compared with a change set. The change sets are from the AWS documentation and public issues.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-changesets-samples.html
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from cfn_analysis.model.built_stack import BuiltStack
from cfn_analysis.reviewing import reconcile, report, sides
from cfn_analysis.reviewing.reconcile import ReconcileError, Reconciliation
from cfn_analysis.reviewing.sides import Side
from csr_templates.cli import main as cli
from csr_templates.naming import PREFIX
from tests.system import PROJECT

from .own_changes import own_side
from .own_openings import OPENINGS

# The template of the AWS examples, and the change sets that the page shows for its changes.
SAMPLE: dict[str, Any] = {
    "Parameters": {
        "Purpose": {"Type": "String", "Default": "testing", "AllowedValues": ["testing", "production"]},
        "KeyPairName": {"Type": "AWS::EC2::KeyPair::KeyName"},
        "InstanceType": {
            "Type": "String",
            "Default": "t2.micro",
            "AllowedValues": ["t2.micro", "t2.small", "t2.medium"],
        },
    },
    "Resources": {
        "MyEC2Instance": {
            "Type": "AWS::EC2::Instance",
            "Properties": {
                "KeyName": {"Ref": "KeyPairName"},
                "InstanceType": {"Ref": "InstanceType"},
                "ImageId": "ami-8fcee4e5",
                "Tags": [{"Key": "Purpose", "Value": {"Ref": "Purpose"}}],
            },
        }
    },
}
GIVEN = {"KeyPairName": "MyKeyName", "InstanceType": "t2.micro", "Purpose": "testing"}


def modify(name: str, kind: str, replacement: str, *details: Any, **more: Any) -> dict[str, Any]:
    """Return the change of a resource as in the output of DescribeChangeSet."""
    change = {
        "Action": "Modify",
        "LogicalResourceId": name,
        "PhysicalResourceId": "i-1abc23d4",
        "ResourceType": kind,
        "Replacement": replacement,
        "Scope": list(dict.fromkeys(one["Target"]["Attribute"] for one in details)),
        "Details": list(details),
        **more,
    }
    return {"Type": "Resource", "ResourceChange": change}


def detail(
    name: str,
    recreation: str,
    source: str = "DirectModification",
    *,
    evaluation: str = "Static",
    **target: Any,
) -> dict[str, Any]:
    """Return a detail of a change. An empty name is for tags."""
    place = {"Attribute": "Properties", "Name": name} if name else {"Attribute": "Tags"}
    entity = {"CausingEntity": target.pop("entity")} if "entity" in target else {}
    return {
        "Target": {**place, "RequiresRecreation": recreation, **target},
        "Evaluation": evaluation,
        "ChangeSource": source,
        **entity,
    }


def answer(*changes: Any, stack: str = "SampleStack", **more: Any) -> bytes:
    """Return the output of DescribeChangeSet."""
    whole = {"StackName": stack, "Status": "CREATE_COMPLETE", "Changes": list(changes), **more}
    return json.dumps(whole).encode()


def reconciled(
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    given: tuple[Mapping[str, str], Mapping[str, str]],
    data: bytes,
) -> Reconciliation:
    """Return the comparison of two templates with the output of DescribeChangeSet."""
    old, new = (
        sides.template("t.json", json.dumps(one).encode(), "us-east-1", values, "stack")
        for one, values in zip((before, after), given, strict=True)
    )
    return reconcile.reconcile(report.review(old, new), reconcile.read(data, "changeset.json"))


def words(found: Reconciliation) -> list[tuple[str, str, str, str]]:
    """Return the change of each resource in the review and in the change set."""
    return [verdict[:4] for verdict in found.verdicts]


def test_the_examples_of_aws() -> None:
    """A tag from a parameter is an update, a key pair replaces, and added and removed resources agree."""
    instance = "AWS::EC2::Instance"
    tag = reconciled(
        SAMPLE,
        SAMPLE,
        (GIVEN, {**GIVEN, "Purpose": "production"}),
        answer(
            modify(
                "MyEC2Instance",
                instance,
                "False",
                detail("", "Never", "ParameterReference", entity="Purpose"),
                detail("", "Never", evaluation="Dynamic"),
            )
        ),
    )
    assert words(tag) == [("MyEC2Instance", "update", "update", "agree")]
    pair = reconciled(
        SAMPLE,
        SAMPLE,
        (GIVEN, {"KeyPairName": "MyNewKeyName", "InstanceType": "t2.small", "Purpose": "production"}),
        answer(
            modify(
                "MyEC2Instance",
                instance,
                "True",
                detail("KeyName", "Always", evaluation="Dynamic"),
                detail("InstanceType", "Conditionally", "ParameterReference", entity="InstanceType"),
                detail("KeyName", "Always", "ParameterReference", entity="KeyPairName"),
                detail("", "Never", "ParameterReference", entity="Purpose"),
            )
        ),
    )
    assert words(pair) == [("MyEC2Instance", "replace", "replace", "agree")]
    group = {
        "AutoScalingGroup": {
            "Type": "AWS::AutoScaling::AutoScalingGroup",
            "Properties": {
                "AvailabilityZones": ["us-east-1a"],
                "LaunchConfigurationName": {"Ref": "LaunchConfig"},
                "MinSize": "1",
                "MaxSize": "6",
            },
        },
        "LaunchConfig": {
            "Type": "AWS::AutoScaling::LaunchConfiguration",
            "Properties": {"ImageId": "ami-8fcee4e5", "InstanceType": {"Ref": "InstanceType"}},
        },
    }
    actions = [("Add", name, one["Type"]) for name, one in group.items()]
    comes = reconciled(
        SAMPLE,
        {**SAMPLE, "Resources": group},
        (GIVEN, GIVEN),
        answer(
            *(
                {
                    "Type": "Resource",
                    "ResourceChange": {"Action": action, "LogicalResourceId": name, "ResourceType": kind},
                }
                for action, name, kind in [*actions, ("Remove", "MyEC2Instance", instance)]
            )
        ),
    )
    assert {verdict.word for verdict in comes.verdicts} == {"agree"}
    assert len(comes.verdicts) == 3


def test_a_waf_action_that_a_change_set_does_not_show() -> None:
    """In AWS, the change set completes without a change (aws/aws-cdk-cli#1951)."""

    def template(action: str) -> dict[str, Any]:
        metric = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "m"}
        properties = {"Scope": "REGIONAL", "DefaultAction": {action: {}}, "VisibilityConfig": metric}
        return {"Resources": {"Acl": {"Type": "AWS::WAFv2::WebACL", "Properties": properties}}}

    found = reconciled(template("Block"), template("Allow"), ({}, {}), answer())

    (verdict,) = found.verdicts
    assert verdict[:4] == ("Acl", "update", "none", "more in the review")
    assert "aws-cdk-cli/pull/1951" in verdict.notes[0]
    assert found.missed == []


def test_a_value_that_is_known_only_after_the_update() -> None:
    """For a NAT gateway that is not replaced, AWS shows Replacement True (coverage-roadmap#2113)."""
    gateway = {"Type": "AWS::EC2::NatGateway", "Properties": {"SubnetId": "subnet-1", "AllocationId": "a"}}
    template = {"Resources": {"NAT_GW": gateway}}
    change = modify(
        "NAT_GW",
        "AWS::EC2::NatGateway",
        "True",
        detail(
            "SubnetId",
            "Always",
            "ResourceReference",
            Path="/Properties/SubnetId",
            BeforeValue="subnet-1",
            AfterValue="{{changeSet:KNOWN_AFTER_APPLY}}",
        ),
        PolicyAction="ReplaceAndDelete",
    )

    found = reconciled(template, template, ({}, {}), answer(change))

    (verdict,) = found.missed
    assert verdict[:4] == ("NAT_GW", "none", "replace", "more in the change set")
    assert "issues/2113" in verdict.notes[0]


def test_ssm_values_and_values_of_each_deploy() -> None:
    """The files do not contain these values, so the change set has more, and the note shows why."""
    stored = {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/image"}
    template = {
        "Parameters": {"Image": stored, "Other": stored},
        "Resources": {"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": {"Ref": "Image"}}}},
    }
    change = modify(
        "Topic",
        "AWS::SNS::Topic",
        "False",
        detail("DisplayName", "Never", "ParameterReference", entity="Image"),
    )
    (verdict,) = reconciled(template, template, ({}, {}), answer(change)).missed
    assert verdict.notes == ("the value of the SSM parameter that Image names is not in the files",)

    side = own_side()
    code = modify(
        "ApiFunction",
        "AWS::Lambda::Function",
        "False",
        detail("Code", "Never", "ParameterReference", entity="LambdaCodeS3ObjectVersion"),
    )
    read = reconcile.read(answer(code, stack=f"{PROJECT}-prod-api"), "changeset.json")
    found = reconcile.reconcile(report.review(side, side, ["prod"]), read)
    assert (found.environment, found.stack) == ("prod", "api")
    assert found.missed[0].notes == (
        "the parameter LambdaCodeS3ObjectVersion is per-deploy, so its value is not in the files",
    )


def test_conditional_replacement_policies_and_metadata() -> None:
    """Conditional may replace, metadata alone is not a change, and data is compared with PolicyAction."""
    bus = {
        "Type": "AWS::Events::EventBusPolicy",
        "Properties": {"StatementId": "s", "Action": "events:PutEvents", "Principal": "*"},
    }
    limit = {"Condition": {"Type": "StringEquals", "Key": "aws:PrincipalOrgID", "Value": "o-1"}}
    limited = {"Resources": {"Policy": {**bus, "Properties": {**bus["Properties"], **limit}}}}  # type: ignore[dict-item]
    change = modify(
        "Policy", "AWS::Events::EventBusPolicy", "Conditional", detail("Condition", "Conditionally")
    )
    found = reconciled({"Resources": {"Policy": bus}}, limited, ({}, {}), answer(change))
    assert found.verdicts[0].theirs == "maybe-replace"
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "jobs"}}
    kept = {"Resources": {"Queue": {**queue, "DeletionPolicy": "Retain"}}}
    policy = modify("Queue", "AWS::SQS::Queue", "False", detail("", "Never"), Scope=["DeletionPolicy"])
    assert words(reconciled({"Resources": {"Queue": queue}}, kept, ({}, {}), answer(policy))) == [
        ("Queue", "policy", "policy", "agree")
    ]
    metadata = modify("Queue", "AWS::SQS::Queue", "False", detail("", "Never"), Scope=["Metadata"])
    assert words(reconciled(kept, kept, ({}, {}), answer(metadata))) == [("Queue", "none", "none", "agree")]
    metadata["ResourceChange"]["Scope"] = ["Metadata", "CreationPolicy", "UpdatePolicy"]
    del metadata["ResourceChange"]["Replacement"]
    assert words(reconciled(kept, kept, ({}, {}), answer(metadata))) == [("Queue", "none", "none", "agree")]
    policy["ResourceChange"]["Scope"] = ["DeletionPolicy", "UpdateReplacePolicy"]
    assert words(reconciled(kept, kept, ({}, {}), answer(policy))) == [
        ("Queue", "none", "policy", "more in the change set")
    ]
    renamed = {"Resources": {"Queue": {**queue, "Properties": {"QueueName": "tasks"}}}}
    replaced = modify(
        "Queue",
        "AWS::SQS::Queue",
        "True",
        detail("QueueName", "Always"),
        PolicyAction="ReplaceAndRetain",
    )
    (verdict,) = reconciled({"Resources": {"Queue": queue}}, renamed, ({}, {}), answer(replaced)).missed
    assert verdict.notes == ("for the old one, AWS has Retain, the review has: lost",)
    other = {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}}
    removed = {"Action": "Remove", "LogicalResourceId": "Queue", "PolicyAction": "Retain"}
    added = {"Action": "Add", "LogicalResourceId": "Topic"}
    both = answer({"ResourceChange": removed}, {"ResourceChange": added})
    assert {one.word for one in reconciled(kept, other, ({}, {}), both).verdicts} == {"agree"}
    gone = {"Resources": {"Queue": queue}}
    (verdict,) = reconciled(gone, other, ({}, {}), both).missed
    assert verdict.notes == ("for the old one, AWS has Retain, the review has: lost",)


def test_why_a_change_set_has_more() -> None:
    """Tags of the stack, and values that are known only after the update, are not in the templates."""
    kind = "AWS::SQS::Queue"
    template = {"Resources": {"Queue": {"Type": kind, "Properties": {"QueueName": "jobs"}}}}

    def notes(*details: dict[str, Any]) -> tuple[str, ...]:
        change = modify("Queue", kind, "False", *details)
        (verdict,) = reconciled(template, template, ({}, {}), answer(change)).missed
        return verdict.notes

    tags = "only tags change, perhaps those of the stack, which are not in the template"
    assert notes(detail("", "Never")) == (tags,)
    assert notes(detail("QueueName", "Never"), detail("", "Never")) == ()
    later = detail("QueueName", "Never", "ResourceAttribute", evaluation="Dynamic")
    assert [note[:50] for note in notes(later)] == ["AWS treats a value that is known only after the up"]
    assert notes(later, detail("QueueName", "Never", "ResourceAttribute")) == ()
    assert notes(detail("QueueName", "Never", evaluation="Dynamic")) == ()


def test_why_a_review_has_more() -> None:
    """AWS may decide later, the other stack may not be deployed yet, and a condition may not be known."""

    def queue(name: Any, **more: Any) -> dict[str, Any]:
        properties = {"QueueName": name, "RedriveAllowPolicy": {name: {}}}
        return {"Type": "AWS::SQS::Queue", "Properties": properties, **more}

    before, after = ({"Resources": {"Queue": queue(name)}} for name in ("a", "b"))
    decided = modify("Queue", "AWS::SQS::Queue", "Conditional", detail("QueueName", "Conditionally"))
    (verdict,) = reconciled(before, after, ({}, {}), answer(decided)).verdicts
    assert verdict[1:] == (
        "replace",
        "maybe-replace",
        "more in the review",
        ("AWS decides when the update comes to the resource, from values that are known only then",),
    )

    updated = modify("Queue", "AWS::SQS::Queue", "False", detail("QueueName", "Never"))
    (verdict,) = reconciled(before, after, ({}, {}), answer(updated)).verdicts
    assert verdict[1:] == ("replace", "update", "more in the review", ())

    one, other = ({"Resources": {"Thing": {"Type": "Custom::Thing", "Properties": {"A": a}}}} for a in "ab")
    updated = modify("Thing", "Custom::Thing", "False", detail("A", "Never"))
    (verdict,) = reconciled(one, other, ({}, {}), answer(updated)).verdicts
    assert verdict[1:] == (
        "maybe-replace",
        "update",
        "more in the review",
        ("AWS compared it with the deployed stack: it is not replaced",),
    )

    def maybe(value: str) -> dict[str, Any]:
        return {
            "Parameters": {"Open": {"Type": "String"}},
            "Conditions": {"IsOpen": {"Fn::Equals": [{"Ref": "Open"}, value]}},
            "Resources": {"Queue": queue("a", Condition="IsOpen")},
        }

    (verdict,) = reconciled({"Resources": {}}, maybe("a"), ({}, {}), answer()).verdicts
    assert verdict.notes == ("a condition of the template is not known from the files",)


READS: dict[str, Any] = {
    "export": {"Fn::ImportValue": "id"},
    "output": {"Fn::GetStackOutput": {"StackName": {"Fn::Sub": f"{PREFIX}network"}, "OutputName": "Id"}},
}


def stacks(network: Mapping[str, Any], value: Any, *, read: Any, environment: str = "prod") -> Side:
    """Return a set of two stacks, of which the second reads an output of the first."""
    given = {"ProjectName": "shop", "Environment": "prod"}
    parameters = {name: {"Type": "String"} for name in given}
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
        BuiltStack(name, f"{name}.yaml", "us-east-1", one, name_pattern=f"{PREFIX}{name}")
        for name, one in templates.items()
    )
    return Side("side", built, {environment: dict.fromkeys(templates, given)})


@pytest.mark.parametrize("read", READS.values(), ids=READS)
def test_what_follows_from_another_stack(read: Any) -> None:
    """A change set compares only its own stack, with the outputs that are deployed now."""

    def group(vpc: str) -> dict[str, Any]:
        properties = {"GroupDescription": "d", "VpcId": vpc}
        return {"Group": {"Type": "AWS::EC2::SecurityGroup", "Properties": properties}}

    def verdict(before: Side, after: Side) -> tuple[Any, ...]:
        data = reconcile.read(answer(stack="shop-prod-api"), "c.json")
        (found,) = reconcile.reconcile(report.review(before, after), data).verdicts
        return found

    before, after = (stacks({}, value, read=read) for value in ("1", "2"))
    note = "it follows from another stack, whose change is not deployed yet"
    assert verdict(before, after) == ("Topic", "update", "none", "more in the review", (note,))

    before, after = (stacks(group(vpc), {"Ref": "Group"}, read=read) for vpc in ("vpc-1", "vpc-2"))
    note = "it follows from network; a change set evaluates only its own stack"
    assert verdict(before, after) == ("Topic", "update", "none", "more in the review", (note,))


def test_the_stack_of_a_change_set() -> None:
    """It is found by the name of the deployed stack; only a single template matches any name."""
    side = stacks({}, "1", read="a")
    found = report.review(side, side)
    message = (
        "The stack api of the change set is not in the review. Use a change set of one of these stacks: "
        "shop-prod-network, shop-prod-api."
    )
    with pytest.raises(ReconcileError) as caught:
        reconcile.reconcile(found, reconcile.read(answer(stack="api"), "c.json"))
    assert str(caught.value) == message
    without = stacks({}, "1", read="a", environment="")
    with pytest.raises(ReconcileError) as caught:
        reconcile.reconcile(report.review(without, without), reconcile.read(answer(stack="api"), "c.json"))
    assert str(caught.value) == message
    one = side._replace(stacks=side.stacks[:1])
    with pytest.raises(ReconcileError):
        reconcile.reconcile(report.review(one, one), reconcile.read(answer(stack="api"), "c.json"))


def test_the_whole_comparison() -> None:
    """As text, with the environment and the notes; as JSON, with the keys of the page."""
    before, after = (stacks({}, value, read=READS["export"]) for value in ("1", "2"))
    data = reconcile.read(answer(stack="shop-prod-api"), "c.json")
    found = reconcile.reconcile(report.review(before, after), data)

    note = "it follows from another stack, whose change is not deployed yet"
    assert reconcile.as_text(found).splitlines() == [
        "api in prod: more in the change set: 0, more in the review: 1, agree: 0",
        "  more in the review  Topic: the review has update, AWS has none",
        f"    {note}",
        "",
        reconcile.BLIND,
    ]
    topic = {"logicalId": "Topic", "ours": "update", "aws": "none", "verdict": "more in the review"}
    document = {
        "formatVersion": 1,
        "environment": "prod",
        "stack": "api",
        "resources": [{**topic, "notes": [note]}],
    }
    assert reconcile.as_json(found) == json.dumps(document, indent=2)


@pytest.mark.parametrize(
    "reason",
    [
        "The submitted information didn't contain changes. Submit different information.",
        "No updates are to be performed.",
    ],
)
def test_a_change_set_without_changes(reason: str) -> None:
    """A change set without changes has the status FAILED and a reason. Review and change set agree."""
    data = answer(Status="FAILED", StatusReason=reason)

    assert reconciled(SAMPLE, SAMPLE, (GIVEN, GIVEN), data).verdicts == ()


def test_other_entries_of_a_change_set() -> None:
    """A hook, and what a later version of the API may add, are not changes of resources."""
    removed = {"ResourceChange": {"Action": "Remove", "LogicalResourceId": "MyEC2Instance"}}

    found = reconciled(
        SAMPLE,
        {"Resources": {}},
        (GIVEN, {}),
        answer({"Type": "Hook", "HookInvocationCount": 1}, "new", removed),
    )
    assert words(found) == [("MyEC2Instance", "remove", "remove", "agree")]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"{", "Cannot read changeset.json: it is not JSON"),
        (
            b"[]",
            "changeset.json is not the output of DescribeChangeSet: it does not have StackName. Create it "
            "with aws cloudformation describe-change-set --change-set-name ... --output json.",
        ),
        (answer(NextToken="n"), "changeset.json is only a part of the output: it has NextToken."),
        (
            answer(Status="CREATE_IN_PROGRESS"),
            "The change set in changeset.json has the status CREATE_IN_PROGRESS. Wait for CREATE_COMPLETE, "
            "and describe it again.",
        ),
        (
            answer(Status="FAILED", StatusReason="No export named x"),
            "The change set in changeset.json has the status FAILED (No export named x). Fix the cause, and "
            "create it again.",
        ),
        (
            answer(
                {"ResourceChange": {"Action": "Modify", "LogicalResourceId": "A", "Replacement": "Perhaps"}}
            ),
            "changeset.json: The change of A has Action Modify and Replacement Perhaps, which is not "
            "supported.",
        ),
        (
            answer({"ResourceChange": {"Action": "Explode", "LogicalResourceId": "A"}}),
            "changeset.json: The change of A has Action Explode and Replacement None, which is not",
        ),
    ],
)
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
    change = modify("Queue", "AWS::SQS::Queue", "True", detail("QueueName", "Always"))
    Path("c.json").write_bytes(answer(change))
    assert cli.main(arguments) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == [
        "after: more in the change set: 0, more in the review: 0, agree: 1",
        "  agree  Queue: replace",
    ]
    assert "issues/844" in lines[-1]

    Path("c.json").write_bytes(answer(change, modify("Topic", "AWS::SNS::Topic", "False")))
    assert cli.main([*arguments, "--format", "json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert [one["verdict"] for one in document["resources"]] == ["agree", "more in the change set"]
    assert cli.main([*arguments, "--format", "markdown"]) == 2
    assert "--reconcile does not have the format markdown" in capsys.readouterr().err


def test_another_stack(capsys: pytest.CaptureFixture[str]) -> None:
    """The stack of the change set is found by its deployed name."""
    side = own_side()
    found = report.review(side, OPENINGS["key policy widened"](side), ["prod"])

    with pytest.raises(
        ReconcileError,
        match=r"^The stack other of the change set is not in the review\. Use a change set of one of these "
        f"stacks: {PROJECT}-",
    ):
        reconcile.reconcile(found, reconcile.read(answer(stack="other"), "c.json"))
    compared = reconcile.reconcile(found, reconcile.read(answer(stack=f"{PROJECT}-prod-api"), "c.json"))
    assert "  more in the review  FunctionKey: the review has update, AWS has none" in reconcile.as_text(
        compared
    )
