"""Resources that stop serving although they stay."""

from pathlib import Path
from typing import Any

import pytest

from cfn_analysis.model.rendering import load
from cfn_analysis.reviewing import report

from .own_changes import own_side, properties, with_template
from .templates import resources, reviewed, risks

ROWS = load(Path(__file__).with_name("switched_off.yaml").read_text("utf-8"))
SECTIONS = {
    "Parameters": {"Open": {"Type": "String"}},
    "Conditions": {"IsOpen": {"Fn::Equals": [{"Ref": "Open"}, "a"]}},
}


@pytest.mark.parametrize(("kind", "before", "after", "message"), ROWS)
def test_switches(
    kind: str, before: dict[str, Any], after: dict[str, Any], message: str | list[str] | None
) -> None:
    """A switch that is turned off, a count of zero, and lost targets and logs are reported."""
    risk_messages = risks(reviewed(*({**SECTIONS, **resources(It=(kind, side))} for side in (before, after))))

    end = " Make sure that nothing uses it anymore, or revert the change."
    messages = [message] if isinstance(message, str) else message or []
    lines = [f"It: {text}.{end}" for text in messages]
    assert risk_messages.get(("switched-off", "It"), "") == "\n".join(lines)


def test_a_target_that_is_removed_too_is_not_lost() -> None:
    """If its only target group is removed, a Auto Scaling group does not miss it."""
    service = ("AWS::AutoScaling::AutoScalingGroup", {"TargetGroupARNs": [{"Ref": "Group"}]})
    alone = ("AWS::AutoScaling::AutoScalingGroup", {"MinSize": "1"})
    moved = ("AWS::AutoScaling::AutoScalingGroup", {"LoadBalancerNames": ["name"]})
    group = ("AWS::ElasticLoadBalancingV2::TargetGroup", {"Port": 80})
    before = resources(It=service, Group=group)

    assert ("switched-off", "It") not in risks(reviewed(before, resources(It=alone)))
    assert ("switched-off", "It") not in risks(reviewed(before, resources(It=moved, Group=group)))
    risk_messages = risks(reviewed(before, resources(It=alone, Group=group)))
    assert (
        "TargetGroupARNs is empty: nothing gets its requests or events" in risk_messages["switched-off", "It"]
    )


def test_own_resources() -> None:
    """The distribution and an API key of the built folder cannot be disabled without a risk."""
    side = own_side()
    disabled = with_template(
        side, "frontend", lambda t: properties(t, "Distribution")["DistributionConfig"].update(Enabled=False)
    )
    disabled = with_template(disabled, "api", lambda t: properties(t, "OriginApiKeyA").update(Enabled=False))

    review_risks = report.review(side, disabled, ["prod"]).risks
    assert {risk.name for risk in review_risks if risk.kind == "switched-off"} == {
        "Distribution",
        "OriginApiKeyA",
    }
