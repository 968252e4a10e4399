"""E9057 on good and broken integrations and permissions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from csr_templates.rules import AliasBypassed

if TYPE_CHECKING:
    from tests.rules.conftest import Judge

HEAD = """
Parameters:
  Any: {Type: String}
Conditions:
  Prod: !Equals [!Ref Any, prod]
Resources:
  Function: {Type: AWS::Lambda::Function}
  Bare: {Type: AWS::Lambda::Function}
  Alias: {Type: AWS::Lambda::Alias, Properties: {FunctionName: !Ref Function}}
"""
PREFIX = "arn:aws:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/"
OF_FUNCTION = f"!Sub '{PREFIX}${{Function.Arn}}/invocations'"
OF_ALIAS = f"!Sub '{PREFIX}${{Alias}}/invocations'"


def method(uri: str) -> str:
    """Return a method with this URI."""
    return f"  Method: {{Type: AWS::ApiGateway::Method, Properties: {{Integration: {{Uri: {uri}}}}}}}\n"


def route(uri: str) -> str:
    """Return an integration of an HTTP API with this URI."""
    return f"  Route: {{Type: AWS::ApiGatewayV2::Integration, Properties: {{IntegrationUri: {uri}}}}}\n"


def permission(function: str, principal: str = "apigateway.amazonaws.com") -> str:
    """Return a permission on this function."""
    return (
        f"  Permission: {{Type: AWS::Lambda::Permission, Properties: {{FunctionName: {function}, Principal: "
        f"{principal}}}}}\n"
    )


def bypassed(name: str, when: str = "") -> str:
    """Return the message about an integration."""
    return (
        f"{name} calls the function Function itself{when}: that is $LATEST, and the alias Alias is bypassed. "
        "Write ${Alias} instead of ${Function.Arn}."
    )


def not_allowed(when: str = "") -> str:
    """Return the message about a permission."""
    return (
        f"FunctionName is the function Function{when}, but the API calls its alias Alias: a permission on "
        "the function does not hold for the alias, and every call fails. Write Ref Alias."
    )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(method(OF_ALIAS) + permission("!Ref Alias"), id="alias"),
        pytest.param(
            method(f"!Join ['', ['{PREFIX.replace('${AWS::Region}', 'x')}', !Ref Alias, /invocations]]"),
            id="Join",
        ),
        pytest.param(method(f"!Sub '{PREFIX}${{Function.Arn}}:live/invocations'"), id="alias by its name"),
        pytest.param(
            method(f"!Sub '{PREFIX}${{Function.Arn}}:${{!stageVariables.alias}}/invocations'"),
            id="alias by a stage variable",
        ),
        pytest.param(
            method(f"!Sub ['{PREFIX}${{Target}}/invocations', {{Target: !Ref Alias}}]"),
            id="alias by a variable of Sub",
        ),
        pytest.param(method(f"!Sub '{PREFIX}${{Bare.Arn}}/invocations'"), id="function without alias"),
        pytest.param(method(f"!If [Prod, {OF_ALIAS}, !Ref AWS::NoValue]"), id="both branches"),
        pytest.param(route("!Ref Alias"), id="HTTP API"),
        pytest.param(permission("!Ref Function"), id="permission, but no integration in sight"),
        pytest.param(
            method(OF_ALIAS) + permission("!Ref Function", "s3.amazonaws.com"),
            id="permission for another service",
        ),
    ],
)
def test_accepts(judge: Judge, text: str) -> None:
    """An integration that calls the alias passes, and so does what may."""
    assert judge(AliasBypassed, HEAD + text) == []


@pytest.mark.parametrize(
    ("text", "path", "message"),
    [
        pytest.param(method(OF_FUNCTION), "Method/Properties/Integration/Uri", bypassed("Uri"), id="Sub"),
        pytest.param(
            method("!Join ['', [a/, !GetAtt Function.Arn, /invocations]]"),
            "Method/Properties/Integration/Uri",
            bypassed("Uri"),
            id="Join",
        ),
        pytest.param(
            method(f"!If [Prod, {OF_ALIAS}, {OF_FUNCTION}]"),
            "Method/Properties/Integration/Uri",
            bypassed("Uri", " when Prod is false"),
            id="one branch",
        ),
        pytest.param(
            route("!GetAtt Function.Arn"),
            "Route/Properties/IntegrationUri",
            bypassed("IntegrationUri"),
            id="HTTP API",
        ),
        pytest.param(
            method(OF_ALIAS) + permission("!Ref Function"),
            "Permission/Properties/FunctionName",
            not_allowed(),
            id="permission by Ref",
        ),
        pytest.param(
            method(OF_ALIAS) + permission("!GetAtt Function.Arn"),
            "Permission/Properties/FunctionName",
            not_allowed(),
            id="permission by GetAtt",
        ),
        pytest.param(
            route("!Ref Alias") + permission("!If [Prod, !Ref Alias, !Ref Function]"),
            "Permission/Properties/FunctionName",
            not_allowed(" when Prod is false"),
            id="permission in one branch",
        ),
    ],
)
def test_refuses(judge: Judge, text: str, path: str, message: str) -> None:
    """What goes past the alias is found."""
    assert judge(AliasBypassed, HEAD + text) == [(f"Resources/{path}", message)]
