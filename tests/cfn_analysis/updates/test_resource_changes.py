"""``resource_changes``: the action of each resource, and the changes that follow."""

from typing import Any

import pytest

from cfn_analysis.model.wiring import Node
from cfn_analysis.updates.effects import Effect
from cfn_analysis.updates.resource_changes import (
    ResourceChange,
    effect_on_attribute,
    resource_changes,
    retention_policy,
)

from .sets import QUEUE, conditional, queues, resolved

OPEN: dict[str, Any] = {"Parameters": {"P": {"Type": "String"}}}


def changes(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> dict[Node, ResourceChange]:
    """Return the changes of a deploy of these templates."""
    return resource_changes(resolved(*before), resolved(*after), lambda *_: "a.json")


@pytest.mark.parametrize(
    ("before", "after", "action"),
    [
        ({"Resources": {}}, queues(), "add"),
        (queues(), {"Resources": {}}, "remove"),
        (conditional("a"), conditional("b"), "remove"),
        (conditional("a", "D"), conditional("b", "D"), "add"),
        (queues(DelaySeconds=1), queues(DelaySeconds=2), "update"),
        (queues(QueueName="a"), queues(QueueName="b"), "replace"),
        (queues(QueueName="a"), queues(OPEN, QueueName={"Ref": "P"}), "maybe-replace"),
    ],
)
def test_actions(before: dict[str, Any], after: dict[str, Any], action: str) -> None:
    """A resource is added, removed, updated or replaced."""
    assert {node: change.action for node, change in changes([before], [after]).items()} == {
        Node("a", "Queue"): action
    }
    assert changes([before], [before]) == {}


def test_a_new_id_continues_in_other_stacks() -> None:
    """An import of a replaced resource replaces, or updates, its user; the chain has the export."""

    def templates(name: str) -> list[dict[str, Any]]:
        output = {"Url": {"Value": {"Ref": "Queue"}, "Export": {"Name": "url"}}}
        user = {"Type": "AWS::SQS::QueuePolicy", "Properties": {"Queues": [{"Fn::ImportValue": "url"}]}}
        return [queues({"Outputs": output}, QueueName=name), {"Resources": {"User": user}}]

    found = changes(templates("a"), templates("b"))
    change = found[Node("b", "User")]

    assert list(found) == [Node("a", "Queue"), Node("b", "User")]
    assert [cause.follows for cause in change.causes] == [Node("a", "Queue")]
    assert change.causes[0].chain == ["a.yaml", "Queue replaced", "export url"]
    assert effect_on_attribute(found[Node("a", "Queue")], "QueueName") is Effect.REPLACED
    assert effect_on_attribute(change, "Id") is Effect.NONE


def test_retention_policies() -> None:
    """The default of DeletionPolicy is Snapshot for databases, and a changed policy is a change."""

    def template(type_name: str, **attributes: str) -> dict[str, Any]:
        return {"Resources": {"R": {"Type": type_name, **attributes}}}

    def policies(type_name: str) -> tuple[str, str]:
        resource = resolved(template(type_name))["a"].resources["R"]
        return retention_policy(resource, "DeletionPolicy"), retention_policy(resource, "UpdateReplacePolicy")

    assert policies("AWS::RDS::DBCluster") == ("Snapshot", "Delete")
    assert policies(QUEUE) == ("Delete", "Delete")
    (change,) = changes([template(QUEUE)], [template(QUEUE, DeletionPolicy="Retain")]).values()
    assert (change.action, change.causes[0].name, change.properties) == ("policy", "DeletionPolicy", [])
    assert changes([template(QUEUE)], [template(QUEUE, DeletionPolicy="Delete")]) == {}
