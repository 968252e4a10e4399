"""Pinned resources: if a resource with data is renamed, the message shows the possible corrections."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cfn_analysis.model.built_stack import BuiltStack
from csr_templates import STACKS, Stack, StackTemplate, api, network
from csr_templates.assembly import files, pinned
from csr_templates.naming import PREFIX
from csr_templates.stacks.pins import PINS, Pin, Pins

if TYPE_CHECKING:
    from collections.abc import Callable

NAME = {"Fn::Sub": f"{PREFIX}site"}
KEPT = {"DeletionPolicy": "RetainExceptOnCreate", "UpdateReplacePolicy": "Retain"}
BUCKET = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": NAME}, **KEPT}
QUEUE = {"Type": "AWS::SQS::Queue", **KEPT}
CLUSTER = {"Type": "AWS::RDS::DBCluster", "DeletionPolicy": "Snapshot", "UpdateReplacePolicy": "Snapshot"}
TOPIC = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": NAME}}
ALARM = {"Type": "AWS::CloudWatch::Alarm", "Properties": {"AlarmName": NAME}}
GROUP = {"Type": "AWS::EC2::SecurityGroup", "Properties": {"GroupName": NAME}}
SITE = Pins(
    holds_data={
        "SiteBucket": Pin("AWS::S3::Bucket", f"{PREFIX}site"),
        "Letters": Pin("AWS::SQS::Queue"),
        "Cluster": Pin("AWS::RDS::DBCluster", DeletionPolicy="Snapshot", UpdateReplacePolicy="Snapshot"),
    },
    names={"Group": f"{PREFIX}site"},
    outputs={"Id": "site-id", "Name": None},
)
GOOD: dict[str, Any] = {"SiteBucket": BUCKET, "Letters": QUEUE, "Cluster": CLUSTER, "Group": GROUP}
OUTPUTS: dict[str, Any] = {
    "Id": {"Value": "1", "Export": {"Name": {"Fn::Sub": f"{PREFIX}site-id"}}},
    "Name": {"Value": "site"},
}


def said(
    resources: dict[str, Any] | None = None, outputs: dict[str, Any] | None = None, **changes: Any
) -> list[str]:
    """Return the messages for the correct stack with other resources, without the name of the stack."""
    found = {name: one for name, one in {**GOOD, **(resources or {}), **changes}.items() if one}
    template = {"Resources": found, "Outputs": OUTPUTS if outputs is None else outputs}
    sentences = pinned.problems(BuiltStack("site", "site.yaml", "us-east-1", template), {"site": SITE})
    assert all(sentence.startswith("Stack site: ") for sentence in sentences)
    return [sentence.removeprefix("Stack site: ") for sentence in sentences]


def test_unchanged_resources_pass() -> None:
    """The pinned resources pass. Additional alarms and outputs do not need a line."""
    assert said() == []
    assert said(Alarm=ALARM, outputs={**OUTPUTS, "New": {"Value": "1"}}) == []
    assert said(Role={"Type": "AWS::IAM::Role"}, Topic={"Type": "AWS::SNS::Topic"}) == []


IN_DATA = "holds_data of site in stacks/pins.py"
RESTORE = (
    "Restore the ID; or, if no deployed stack has it, or CHANGELOG.md describes the migration of its data, "
    f"remove its line from {IN_DATA}."
)
LINE = f'"Pages": Pin("AWS::S3::Bucket", "{PREFIX}site"),'


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {"SiteBucket": None, "Pages": BUCKET},
            [
                "SiteBucket contains data and is missing in site: AWS would retain it in the account with "
                f"its name. Was it renamed to Pages? {RESTORE}",
                "Pages contains data and is not pinned: the build would not find if it were renamed or "
                f"removed later. Add this line to {IN_DATA}: {LINE}",
            ],
        ),
        (
            {"Letters": None},
            [f"Letters contains data and is missing in site: AWS would retain it in the account. {RESTORE}"],
        ),
        (
            {"Cluster": None},
            [
                "Cluster contains data and is missing in site: AWS would delete it and keep a snapshot. "
                f"{RESTORE}"
            ],
        ),
        (
            {"Letters": {**BUCKET, "Properties": {}}},
            [
                "Letters contains data as AWS::SQS::Queue, but is now AWS::S3::Bucket, and CloudFormation "
                "cannot change a type. Use another ID for the new resource; or, if no deployed stack has "
                f"it, change its line in {IN_DATA}."
            ],
        ),
        (
            {"SiteBucket": {**BUCKET, "Properties": {}}},
            [
                f"SiteBucket contains data and has the name {PREFIX}site, but now has a generated name: AWS "
                "would replace it with an empty one. Restore the name; or, if no deployed stack has it, "
                f"change its line in {IN_DATA}."
            ],
        ),
        (
            {"SiteBucket": {**BUCKET, "DeletionPolicy": "Delete"}},
            [
                "SiteBucket contains data, but its DeletionPolicy is Delete: the data would be deleted. "
                'Write DeletionPolicy="RetainExceptOnCreate"; or, if no deployed stack has it, change its '
                f"line in {IN_DATA}."
            ],
        ),
        (
            {"Letters": {"Type": "AWS::SQS::Queue", "DeletionPolicy": "Retain"}},
            [
                "Letters contains data, but its DeletionPolicy is Retain: more would be retained than "
                'needed. Write DeletionPolicy="RetainExceptOnCreate"; or, if no deployed stack has it, '
                f"change its line in {IN_DATA}.",
                "Letters contains data, but its UpdateReplacePolicy is missing: the data would be deleted. "
                'Write UpdateReplacePolicy="Retain"; or, if no deployed stack has it, change its line in '
                f"{IN_DATA}.",
            ],
        ),
        (
            {"Other": {"Type": "AWS::RDS::DBCluster", **KEPT}},
            [
                "Other contains data and is not pinned: the build would not find if it were renamed or "
                f'removed later. Add this line to {IN_DATA}: "Other": Pin("AWS::RDS::DBCluster", '
                'DeletionPolicy="Snapshot", UpdateReplacePolicy="Snapshot"),',
                "Other contains data, but its DeletionPolicy is RetainExceptOnCreate: more would be "
                'retained than needed. Write DeletionPolicy="Snapshot"; or, if no deployed stack has it, '
                f"change its line in {IN_DATA}.",
                "Other contains data, but its UpdateReplacePolicy is Retain: more would be retained than "
                'needed. Write UpdateReplacePolicy="Snapshot"; or, if no deployed stack has it, change its '
                f"line in {IN_DATA}.",
            ],
        ),
    ],
    ids=["renamed", "gone", "cluster gone", "type", "name", "deleted", "left behind", "new cluster"],
)
def test_resources_with_data(changes: dict[str, Any], expected: list[str]) -> None:
    """Each change that loses or orphans data is reported, with the possible corrections."""
    assert said(changes) == expected


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {"Group": None},
            f"Group is used by its name, {PREFIX}site, and is missing in site. Restore it; or, if nothing "
            "uses the name any more, remove its line from names of site in stacks/pins.py.",
        ),
        (
            {"Group": {**GROUP, "Properties": {"GroupName": "site"}}},
            f"Group is used by its name, {PREFIX}site, but now has the name site. Restore the name; or, if "
            "nothing uses the old one any more, change its line in names of site in stacks/pins.py.",
        ),
        (
            {"Topic": TOPIC},
            f"Topic has the name {PREFIX}site, and CloudFormation cannot replace a resource with a name. "
            "Leave out TopicName; or, if it is used by its name, add this line to names of site in "
            f'stacks/pins.py: "Topic": "{PREFIX}site",',
        ),
    ],
    ids=["gone", "renamed", "new"],
)
def test_names(changes: dict[str, Any], expected: str) -> None:
    """A name that is added, changed or removed is reported."""
    assert said(changes) == [expected]


def test_a_name_that_aws_requires_needs_no_line() -> None:
    """A CloudFront function always has a name."""
    function = {"Type": "AWS::CloudFront::Function", "Properties": {"Name": NAME}}

    assert said(Function=function) == []


IN_OUTPUTS = "outputs of site in stacks/pins.py"


@pytest.mark.parametrize(
    ("outputs", "expected"),
    [
        (
            {"Id": OUTPUTS["Id"]},
            "Outputs.Name is missing in site, but is read by name. Restore it; or, if nothing reads it any "
            f"more, remove its line from {IN_OUTPUTS}.",
        ),
        (
            {"Name": OUTPUTS["Name"]},
            f"Outputs.Id is missing in site, but is read by name, and stacks import {PREFIX}site-id. Restore "
            f"it; or, if nothing reads it any more, remove its line from {IN_OUTPUTS}.",
        ),
        (
            {**OUTPUTS, "Id": {"Value": "1"}},
            f"Outputs.Id was exported as {PREFIX}site-id and is now not exported, but an export cannot be "
            "changed or removed while a stack imports it. Restore it; or, if none does, change its line in "
            f"{IN_OUTPUTS}.",
        ),
        (
            {**OUTPUTS, "Id": {"Value": "1", "Export": {"Name": "id"}}},
            f"Outputs.Id was exported as {PREFIX}site-id and is now exported as id, but an export cannot be "
            "changed or removed while a stack imports it. Restore it; or, if none does, change its line in "
            f"{IN_OUTPUTS}.",
        ),
    ],
    ids=["gone", "imported and gone", "not exported", "renamed"],
)
def test_outputs(outputs: dict[str, Any], expected: str) -> None:
    """A removed or renamed output that others read is reported."""
    assert said(outputs=outputs) == [expected]


def test_a_stack_without_an_entry() -> None:
    """A new stack needs an entry only if it contains data."""
    quiet = BuiltStack("new", "new.yaml", "us-east-1", {"Resources": {"Topic": {"Type": "AWS::SNS::Topic"}}})
    holding = BuiltStack("new", "new.yaml", "us-east-1", {"Resources": {"Letters": QUEUE}})

    assert pinned.problems(quiet, PINS) == []
    assert pinned.problems(holding, PINS) == [
        "Stack new: Letters contains data and is not pinned: the build would not find if it were renamed or "
        'removed later. Add this line to holds_data of a new entry "new": Pins() in stacks/pins.py: '
        '"Letters": Pin("AWS::SQS::Queue"),'
    ]


def test_a_pinned_stack_that_is_removed() -> None:
    """A pinned stack that is removed from the listing is reported."""
    assert pinned.stacks_gone(["new"], {"new": Pins(), "site": SITE}) == [
        "Stack site: It is pinned in stacks/pins.py, but is no longer in stacks/listing.py: its deployed "
        "stacks would no longer be managed. Restore it; or, after they are deleted everywhere, remove its "
        "entry from stacks/pins.py."
    ]
    assert pinned.stacks_gone(list(PINS), PINS) == []


# ---- In a build ----


def renamed() -> StackTemplate:
    """Return our network, with a renamed bucket and a log group that is deleted."""
    t = network.build()
    t.rename_resource("LambdaDeploymentsBucket", "DeploymentsBucket")
    t.resources["FlowLogsLogGroup"].DeletionPolicy = "Delete"
    return t


def problems(monkeypatch: pytest.MonkeyPatch, build: Callable[[], StackTemplate]) -> tuple[str, ...]:
    """Return the problems of a build with a changed network stack."""
    edited = (STACKS[0]._replace(build=build), *STACKS[1:])
    monkeypatch.setattr(files, "STACKS", edited)
    return files.assemble(edited, lint=False).problems


def test_a_build_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    """All findings are reported together, and the set is not clean."""
    found = problems(monkeypatch, renamed)

    assert [sentence[: sentence.index(":", 16)] for sentence in found] == [
        "Stack network: FlowLogsLogGroup contains data, but its DeletionPolicy is Delete",
        "Stack network: LambdaDeploymentsBucket contains data and is missing in network",
        "Stack network: DeploymentsBucket contains data and is not pinned",
    ]
    assert problems(monkeypatch, network.build) == ()


def test_a_stack_that_leaves_the_listing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A removed stack is reported only if the whole list is built, not for a part of it."""
    pinned_last = list(PINS)[-1]
    fewer = tuple(stack for stack in STACKS if stack.name != pinned_last)
    monkeypatch.setattr(files, "STACKS", fewer)

    gone = [one for one in files.assemble(fewer, lint=False).problems if "stacks/listing.py" in one]
    assert [one[: one.index(":")] for one in gone] == [f"Stack {pinned_last}"]
    assert files.assemble(fewer[:1], lint=False).problems == ()


def test_stacks_of_users_are_not_checked() -> None:
    """Users of the library can change our stack and build it with the same name."""
    assert (
        files.assemble([Stack("network", "main.yaml", "ap-northeast-1", renamed)], lint=False).problems == ()
    )


@pytest.mark.parametrize("name", ["FlowLogsLogGroup", "ApiFunctionVersion"])
def test_ours_are_pinned(name: str) -> None:
    """Not only the types with data of cfn-lint are pinned, but also the earlier releases for rollbacks."""
    (stack,) = (stack for stack in STACKS if name in PINS.get(stack.name, Pins()).holds_data)

    assert stack.build in (network.build, api.build)
