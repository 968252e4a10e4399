"""W9059 on good and broken integrations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from csr_templates.rules import FunctionOutlivesIntegration

if TYPE_CHECKING:
    from tests.rules.conftest import Judge

HEAD = """
Parameters:
  Seconds: {Type: Number, Default: 60, MinValue: 1}
  Short: {Type: Number, Default: 20, MaxValue: 900}
  Any: {Type: Number}
Conditions:
  Prod: !Equals [!Ref Any, "1"]
Resources:
  Alias: {Type: AWS::Lambda::Alias, Properties: {FunctionName: !Ref Function}}
"""
URI = "!Sub 'arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Function.Arn}/invocations'"
ALIAS_URI = URI.replace("Function.Arn", "Alias")

MESSAGE = (
    "TimeoutInMillis {waits}, but Timeout of Function {runs} seconds: the API has given up by then, and the "
    "function goes on. Give the function a second less than the integration."
)


def method(timeout: str, more: str = "", *, kind: str = "AWS_PROXY", uri: str = URI) -> str:
    """Return a template with a function of this timeout and a method of a REST API."""
    return (
        f"{HEAD}  Function: {{Type: AWS::Lambda::Function, Properties: {{Timeout: {timeout}}}}}\n"
        f"  Method: {{Type: AWS::ApiGateway::Method, "
        f"Properties: {{Integration: {{Type: {kind}, Uri: {uri}{more}}}}}}}\n"
    )


def route(timeout: str, more: str = "") -> str:
    """Return a template with a function of this timeout and an integration of an HTTP API."""
    return (
        f"{HEAD}  Function: {{Type: AWS::Lambda::Function, Properties: {{Timeout: {timeout}}}}}\n"
        f"  Method: {{Type: AWS::ApiGatewayV2::Integration, Properties: {{IntegrationType: AWS_PROXY, "
        f"IntegrationUri: !GetAtt Function.Arn{more}}}}}\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(method("28"), id="less than the default"),
        pytest.param(method("!Ref AWS::NoValue"), id="default of the function"),
        pytest.param(method("60", ", TimeoutInMillis: 60000"), id="as long"),
        pytest.param(method("!Ref Short"), id="parameter that might be longer"),
        pytest.param(method("!Ref Any"), id="not known"),
        pytest.param(method("60", kind="AWS"), id="may be invoked asynchronously"),
        pytest.param(method("60", uri="!ImportValue uri"), id="function of another template"),
        pytest.param(method("!Sub '20'"), id="Sub"),
        pytest.param(
            method("!If [Prod, 60, 20]", ", TimeoutInMillis: !If [Prod, 60000, 29000]"), id="both branches"
        ),
        pytest.param(route("30"), id="HTTP API"),
    ],
)
def test_accepts(judge: Judge, text: str) -> None:
    """A function that ends in time, or may, passes."""
    assert judge(FunctionOutlivesIntegration, text) == []


@pytest.mark.parametrize(
    ("text", "path", "message"),
    [
        pytest.param(
            method("30"), "Integration", MESSAGE.format(waits="is 29000", runs="is 30"), id="default"
        ),
        pytest.param(
            method("30", uri=ALIAS_URI),
            "Integration",
            MESSAGE.format(waits="is 29000", runs="is 30"),
            id="by its alias",
        ),
        pytest.param(
            method("10", ", TimeoutInMillis: 5000"),
            "Integration/TimeoutInMillis",
            MESSAGE.format(waits="is 5000", runs="is 10"),
            id="literal",
        ),
        pytest.param(
            method("!Ref Seconds"),
            "Integration",
            MESSAGE.format(waits="is 29000", runs='is {"Ref": "Seconds"}, which can be "60"'),
            id="parameter default",
        ),
        pytest.param(
            method("!Sub '${Seconds}'"),
            "Integration",
            MESSAGE.format(waits="is 29000", runs='is {"Fn::Sub": "${Seconds}"}, which can be "60"'),
            id="Sub",
        ),
        pytest.param(
            method("!If [Prod, 60, 20]"),
            "Integration",
            MESSAGE.format(
                waits="is 29000", runs='is {"Fn::If": ["Prod", 60, 20]}, which is 60 when Prod is true'
            ),
            id="one branch of the function",
        ),
        pytest.param(
            method("20", ", TimeoutInMillis: !If [Prod, 29000, 5000]"),
            "Integration/TimeoutInMillis",
            MESSAGE.format(waits="is 5000 when Prod is false", runs="is 20"),
            id="one branch of the integration",
        ),
        pytest.param(route("31"), "", MESSAGE.format(waits="is 30000", runs="is 31"), id="HTTP API"),
    ],
)
def test_warns(judge: Judge, text: str, path: str, message: str) -> None:
    """A function that goes on after the API has given up is found."""
    expected = "Resources/Method/Properties" + (f"/{path}" if path else "")

    assert judge(FunctionOutlivesIntegration, text) == [(expected, message)]
