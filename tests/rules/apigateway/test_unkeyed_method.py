"""W9074 on methods that are open in an API with a key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from csr_templates.rules import UnkeyedMethod

if TYPE_CHECKING:
    from tests.rules.conftest import Judge

HEAD = """
Parameters:
  Keyed: {Type: String, Default: "true", AllowedValues: ["true", "false"]}
  Open: {Type: String, Default: "false"}
  Switch: {Type: String, Default: "true", AllowedValues: ["true", "false"]}
Conditions:
  Switched: !Equals [!Ref Switch, "true"]
  Unswitched: !Not [!Condition Switched]
Resources:
"""


def method(name: str, properties: str, attributes: str = "", api: str = "!Ref Api") -> str:
    """Return a method of an API."""
    return (
        f"  {name}: {{Type: AWS::ApiGateway::Method, {attributes} Properties: {{RestApiId: {api}, "
        f"{properties}}}}}\n"
    )


KEYED = HEAD + "  Api: {Type: AWS::ApiGateway::RestApi}\n" + method("First", "ApiKeyRequired: true")


def message(found: str) -> str:
    """Return what the rule says about an open method."""
    return (
        f"ApiKeyRequired is {found} on a method that anybody may call, although First of the same API "
        "requires a key: whoever knows the address passes by the usage plan. Set ApiKeyRequired: true, or "
        "an AuthorizationType."
    )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(KEYED + method("Second", "ApiKeyRequired: true"), id="both with a key"),
        pytest.param(KEYED + method("Second", "HttpMethod: OPTIONS"), id="OPTIONS"),
        pytest.param(KEYED + method("Second", "AuthorizationType: AWS_IAM"), id="authorized otherwise"),
        pytest.param(KEYED + method("Second", "ApiKeyRequired: !ImportValue keyed"), id="import"),
        pytest.param(KEYED + method("Second", "HttpMethod: GET", api="other"), id="another API"),
        pytest.param(HEAD + method("First", "HttpMethod: GET", api="a"), id="no keys at all"),
        pytest.param(
            HEAD
            + method("First", "ApiKeyRequired: !Ref Keyed", api="a")
            + method("Second", "ApiKeyRequired: !Ref Keyed", api="a"),
            id="all as one parameter says",
        ),
        pytest.param(
            HEAD
            + method("First", "ApiKeyRequired: !If [Switched, true, false]", api="a")
            + method("Second", "ApiKeyRequired: !If [Unswitched, false, true]", api="a"),
            id="all as one condition says",
        ),
        pytest.param(
            HEAD
            + method("First", "ApiKeyRequired: true", "Condition: Switched,", "a")
            + method("Second", "HttpMethod: GET", "Condition: Unswitched,", "a"),
            id="never both",
        ),
    ],
)
def test_accepts(judge: Judge, text: str) -> None:
    """Methods that are all closed, or all open, pass."""
    assert judge(UnkeyedMethod, text) == []


@pytest.mark.parametrize(
    ("properties", "attributes", "path", "found"),
    [
        pytest.param("HttpMethod: GET", "", "", "missing", id="missing"),
        pytest.param("AuthorizationType: NONE", "", "", "missing", id="NONE"),
        pytest.param("ApiKeyRequired: false", "", "/ApiKeyRequired", "false", id="literal"),
        pytest.param("ApiKeyRequired: !Ref Open", "", "/ApiKeyRequired", "false", id="parameter default"),
        pytest.param("ApiKeyRequired: !Sub '${Open}'", "", "/ApiKeyRequired", "false", id="Sub"),
        pytest.param(
            "ApiKeyRequired: !If [Switched, false, true]", "", "/ApiKeyRequired", "false", id="first branch"
        ),
        pytest.param(
            "ApiKeyRequired: !If [Switched, true, !Ref AWS::NoValue]",
            "",
            "/ApiKeyRequired",
            "false",
            id="second branch",
        ),
        pytest.param("HttpMethod: GET", "Condition: Switched,", "", "missing", id="condition"),
        pytest.param(
            "AuthorizationType: !If [Switched, NONE, AWS_IAM]", "", "", "missing", id="open in one branch"
        ),
    ],
)
def test_warns(judge: Judge, properties: str, attributes: str, path: str, found: str) -> None:
    """A method that anybody may call, beside one with a key, is found."""
    assert judge(UnkeyedMethod, KEYED + method("Second", properties, attributes)) == [
        (f"Resources/Second/Properties{path}", message(found))
    ]


def test_a_key_under_a_condition_counts(judge: Judge) -> None:
    """The other method is open where the first one has its key."""
    text = (
        HEAD
        + method("First", "ApiKeyRequired: !If [Switched, true, false]", api="a")
        + method("Second", "HttpMethod: GET", api="a")
    )

    assert judge(UnkeyedMethod, text) == [("Resources/Second/Properties", message("missing"))]
