"""E9003 on ignores with and without their reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from csr_templates.rules import IgnoreWithoutReason

if TYPE_CHECKING:
    from tests.rules.conftest import Judge

FORM = (
    "Metadata: {cfn-lint: {config: {ignore_checks: [W0000], ignore_reasons: {W0000: why it is fine here}}}}"
)


def topic(config: str) -> str:
    """Return a template with one topic that configures cfn-lint like this."""
    return f"Resources: {{Topic: {{Type: AWS::SNS::Topic, Metadata: {{cfn-lint: {{config: {config}}}}}}}}}"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Resources: {Topic: {Type: AWS::SNS::Topic}}", id="no metadata"),
        pytest.param("Resources: {Topic: {Type: AWS::SNS::Topic, Metadata: {Note: x}}}", id="other metadata"),
        pytest.param(
            "Metadata: {Note: x}\nResources: {Topic: {Type: AWS::SNS::Topic}}", id="other global metadata"
        ),
        pytest.param(
            topic("{ignore_checks: [W3005], ignore_reasons: {W3005: The order matters.}}"), id="reason"
        ),
        pytest.param(topic("{ignore_checks: []}"), id="nothing ignored"),
    ],
)
def test_accepts(judge: Judge, text: str) -> None:
    """An ignore on a resource, by whole ID and with its reason, passes."""
    assert judge(IgnoreWithoutReason, text) == []


@pytest.mark.parametrize(
    ("config", "message"),
    [
        pytest.param(
            "{ignore_checks: [W3005]}",
            "ignore_checks holds W3005 without a reason. Add ignore_reasons: {W3005: why it is fine here}.",
            id="no reasons",
        ),
        pytest.param(
            "{ignore_checks: [W3005, E3002], ignore_reasons: {W3005: The order matters.}}",
            "ignore_checks holds E3002 without a reason. Add ignore_reasons: {E3002: why it is fine here}.",
            id="one of two",
        ),
        pytest.param(
            "{ignore_checks: [W3005], ignore_reasons: {W3005: ' '}}",
            "ignore_checks holds W3005 without a reason. Add ignore_reasons: {W3005: why it is fine here}.",
            id="blank reason",
        ),
        pytest.param(
            "{ignore_checks: [W], ignore_reasons: {W: All of them.}}",
            "ignore_checks holds 'W', which is no rule ID. On a resource only a whole ID such as W3005 is "
            "matched.",
            id="prefix",
        ),
        pytest.param(
            "{ignore_checks: [W3005], ignore_reasons: {W3005: Order., W3006: Gone.}}",
            "ignore_reasons explains W3006, which ignore_checks does not hold. Add it there or remove the "
            "reason.",
            id="reason without ignore",
        ),
        pytest.param(
            "{ignore_checks: W3005}",
            f"ignore_checks is 'W3005'. Write a list of rule IDs: {FORM}.",
            id="text for list",
        ),
        pytest.param(
            "{ignore_checks: [W3005], ignore_reasons: [Order.]}",
            f"ignore_reasons is ['Order.']. Write a mapping from rule ID to reason: {FORM}.",
            id="list for mapping",
        ),
    ],
)
def test_refuses(judge: Judge, config: str, message: str) -> None:
    """An ignore without its reason, or in a form that has no effect, is found on its resource."""
    assert judge(IgnoreWithoutReason, topic(config)) == [
        ("Resources/Topic/Metadata/cfn-lint/config", message)
    ]


@pytest.mark.parametrize("config", ["{ignore_checks: [W3005]}", "{regions: [us-east-1]}"])
def test_refuses_configuration_of_the_whole_template(judge: Judge, config: str) -> None:
    """A global setting is found, whatever it sets: it would silence resources nobody thought of."""
    text = f"Metadata: {{cfn-lint: {{config: {config}}}}}\nResources: {{Topic: {{Type: AWS::SNS::Topic}}}}"

    assert judge(IgnoreWithoutReason, text) == [
        (
            "Metadata/cfn-lint",
            "Metadata configures cfn-lint for the whole template. Remove it, and ignore a rule on the "
            f"resource it is about: {FORM}.",
        )
    ]
