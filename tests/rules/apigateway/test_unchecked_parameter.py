"""W9089 on required request parameters that somebody, or nobody, checks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from csr_templates.rules import UncheckedParameter

if TYPE_CHECKING:
    from tests.rules.conftest import Judge

HEAD = """
Parameters:
  Unneeded: {Type: String, Default: "false"}
  Needed: {Type: String, Default: "true"}
  Switch: {Type: String, Default: "true", AllowedValues: ["true", "false"]}
Conditions:
  Switched: !Equals [!Ref Switch, "true"]
Resources:
"""
HEADER = "RequestParameters: {method.request.header.X-Key: true}"
BY = "RequestValidatorId: !Ref Checks"


def method(properties: str, checks: str = "ValidateRequestParameters: true") -> str:
    """Return a template with a validator and a method of these properties."""
    return (
        f"{HEAD}  Checks: {{Type: AWS::ApiGateway::RequestValidator, Properties: {{RestApiId: a, "
        f"{checks}}}}}\n"
        "  Get: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: a, HttpMethod: GET, "
        f"{properties}}}}}\n"
    )


def message(lack: str) -> str:
    """Return what the rule says about a header that nobody checks."""
    return (
        f'RequestParameters requires "method.request.header.X-Key", and {lack}: a request without it '
        "passes. Set RequestValidatorId to an AWS::ApiGateway::RequestValidator with "
        "ValidateRequestParameters: true, or write false."
    )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(method(f"{HEADER}, {BY}"), id="checked"),
        pytest.param(method(f"{HEADER}, RequestValidatorId: !Sub '${{Checks}}'"), id="Sub"),
        pytest.param(
            method(f"{HEADER}, RequestValidatorId: !ImportValue v"), id="validator of another stack"
        ),
        pytest.param(method(f"{HEADER}, RequestValidatorId: abc123"), id="literal validator"),
        pytest.param(method("RequestParameters: {method.request.header.X-Key: false}"), id="not required"),
        pytest.param(method("RequestParameters: {method.request.header.X-Key: !Ref Unneeded}"), id="default"),
        pytest.param(method("RequestParameters: {method.request.path.proxy: true}"), id="path"),
        pytest.param(method("AuthorizationType: NONE"), id="no parameters"),
        pytest.param(
            method(
                "RequestParameters: {method.request.header.X-Key: !If [Switched, true, false]}, "
                "RequestValidatorId: !If [Switched, !Ref Checks, !Ref AWS::NoValue]"
            ),
            id="checked where it is required",
        ),
        pytest.param(method(f"{HEADER}, {BY}", "ValidateRequestParameters: !ImportValue v"), id="import"),
    ],
)
def test_accepts(judge: Judge, text: str) -> None:
    """A parameter that is checked, or need not be, passes."""
    assert judge(UncheckedParameter, text) == []


MISSING = "RequestValidatorId is missing"
BLIND = "its validator Checks does not check parameters"


@pytest.mark.parametrize(
    ("text", "lack"),
    [
        pytest.param(method(HEADER), MISSING, id="no validator"),
        pytest.param(
            method("RequestParameters: {method.request.header.X-Key: !Ref Needed}"),
            MISSING,
            id="parameter default",
        ),
        pytest.param(
            method("RequestParameters: {method.request.header.X-Key: !Sub '${Needed}'}"), MISSING, id="Sub"
        ),
        pytest.param(
            method("RequestParameters: {method.request.header.X-Key: !If [Switched, true, false]}"),
            MISSING,
            id="required in one branch",
        ),
        pytest.param(
            method(f"{HEADER}, RequestValidatorId: !If [Switched, !Ref AWS::NoValue, !Ref Checks]"),
            MISSING,
            id="no validator in one branch",
        ),
        pytest.param(
            method(f"{HEADER}, {BY}", "ValidateRequestParameters: false"), BLIND, id="validator for bodies"
        ),
        pytest.param(method(f"{HEADER}, {BY}", "Name: x"), BLIND, id="validator for nothing"),
        pytest.param(
            method(f"{HEADER}, {BY}", "ValidateRequestParameters: !If [Switched, true, !Ref Unneeded]"),
            BLIND,
            id="validator that is blind in one branch",
        ),
    ],
)
def test_warns(judge: Judge, text: str, lack: str) -> None:
    """A header that is required and not checked is found where it is required."""
    assert judge(UncheckedParameter, text) == [
        ("Resources/Get/Properties/RequestParameters/method.request.header.X-Key", message(lack))
    ]
