"""E9058 on good and broken aliases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from csr_templates.rules import ProvisionedAboveReserved

if TYPE_CHECKING:
    from tests.rules.conftest import Judge

HEAD = """
Parameters:
  Ready: {Type: Number, Default: 10, MaxValue: 1000}
  Most: {Type: Number, Default: 5, MinValue: 0}
  Sizes: {Type: Number, Default: 5, AllowedValues: [5, 500]}
  Any: {Type: Number}
Conditions:
  Prod: !Equals [!Ref Any, "1"]
Resources:
"""

MESSAGE = (
    "ProvisionedConcurrentExecutions {ready}, but ReservedConcurrentExecutions of Function {most}: "
    "Lambda refuses to keep more environments ready than the function may have. Reserve more, or provision "
    "less."
)


def alias(ready: str, most: str, function: str = "!Ref Function", kind: str = "Alias") -> str:
    """Return a template with a function and an alias."""
    return (
        f"{HEAD}  Function: {{Type: AWS::Lambda::Function, "
        f"Properties: {{ReservedConcurrentExecutions: {most}}}}}\n"
        f"  Alias: {{Type: AWS::Lambda::{kind}, Properties: {{FunctionName: {function}, "
        f"ProvisionedConcurrencyConfig: {ready}}}}}\n"
    )


def ready(number: str) -> str:
    """Return the setting of this many environments."""
    return f"{{ProvisionedConcurrentExecutions: {number}}}"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(alias(ready("10"), "10"), id="as many"),
        pytest.param(alias(ready("10"), "!Ref AWS::NoValue"), id="none reserved"),
        pytest.param(alias(ready("10"), "!Ref Any"), id="not known"),
        pytest.param(alias(ready("!Ref Ready"), "20"), id="parameter that might be more"),
        pytest.param(alias(ready("!Ref Sizes"), "5"), id="allowed value that might be more"),
        pytest.param(alias(ready("10"), "5", "!ImportValue function"), id="function of another template"),
        pytest.param(alias(ready("!Sub '5'"), "!Sub '50'"), id="Sub"),
        pytest.param(alias(ready("!If [Prod, 10, 1]"), "!If [Prod, 10, 1]"), id="both branches"),
        pytest.param(alias("!Ref AWS::NoValue", "0"), id="none provisioned"),
    ],
)
def test_accepts(judge: Judge, text: str) -> None:
    """What fits, or may fit, passes."""
    assert judge(ProvisionedAboveReserved, text) == []


@pytest.mark.parametrize("kind", ["Alias", "Version"])
@pytest.mark.parametrize(
    ("provisioned", "reserved", "message"),
    [
        pytest.param(ready("10"), "5", MESSAGE.format(ready="is 10", most="is 5"), id="literal"),
        pytest.param(ready("1"), "0", MESSAGE.format(ready="is 1", most="is 0"), id="switched off"),
        pytest.param(
            ready("!Ref Ready"),
            "!Ref Most",
            MESSAGE.format(
                ready='is {"Ref": "Ready"}, which can be "10"', most='is {"Ref": "Most"}, which can be "5"'
            ),
            id="parameter defaults",
        ),
        pytest.param(
            ready("!Sub '${Ready}'"),
            "5",
            MESSAGE.format(ready='is {"Fn::Sub": "${Ready}"}, which can be "10"', most="is 5"),
            id="Sub",
        ),
        pytest.param(
            ready("10"),
            "!If [Prod, 500, 5]",
            MESSAGE.format(
                ready="is 10", most='is {"Fn::If": ["Prod", 500, 5]}, which is 5 when Prod is false'
            ),
            id="one branch of the function",
        ),
        pytest.param(
            f"!If [Prod, {ready('10')}, !Ref AWS::NoValue]",
            "!If [Prod, 5, 500]",
            MESSAGE.format(
                ready="is 10", most='is {"Fn::If": ["Prod", 5, 500]}, which is 5 when Prod is true'
            ),
            id="one branch of both",
        ),
    ],
)
def test_refuses(judge: Judge, kind: str, provisioned: str, reserved: str, message: str) -> None:
    """More environments than the function may have are found."""
    assert judge(ProvisionedAboveReserved, alias(provisioned, reserved, kind=kind)) == [
        (
            "Resources/Alias/Properties/ProvisionedConcurrencyConfig/ProvisionedConcurrentExecutions",
            message,
        )
    ]
