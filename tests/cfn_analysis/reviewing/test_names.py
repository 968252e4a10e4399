"""Texts with the old name of a resource."""

from typing import Any

import pytest

from .templates import set_risks, side

Template = dict[str, Any]


@pytest.mark.parametrize(
    ("text", "stale"),
    [
        ("arn:aws:sqs:eu-west-1:1:first-jobs", True),
        ("first-jobs-2", False),
        ("my-first-jobs", False),
        ({"Fn::ImportValue": "jobs"}, False),
    ],
)
def test_the_old_name_of_a_renamed_resource(text: Any, stale: bool) -> None:
    """Resources whose texts contain the old name are reported, also in other stacks.

    Longer names do not count.
    """

    def queue(name: str) -> Template:
        return {"Resources": {"Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": name}}}}

    topic = {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": text}}
    user: Template = {"Resources": {"Topic": topic}}
    messages = set_risks(
        side(network=queue("first-jobs"), api=user), side(network=queue("second-jobs"), api=user)
    )

    message = (
        "Queue is renamed, but Topic of api still has its old name first-jobs in a text. Change it there too."
    )
    assert (messages.get(("interruption", "network", "Queue")) == message) is stale
