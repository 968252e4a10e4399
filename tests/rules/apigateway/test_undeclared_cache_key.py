"""E9080 on cache key parameters that are declared, and are not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from csr_templates.rules import UndeclaredCacheKey

if TYPE_CHECKING:
    from tests.rules.conftest import Judge

HEAD = """
Parameters:
  Header: {Type: String, Default: x-key}
  Switch: {Type: String, Default: "true", AllowedValues: ["true", "false"]}
Conditions:
  Switched: !Equals [!Ref Switch, "true"]
  Unswitched: !Not [!Condition Switched]
Resources:
"""
LARGE = "method.request.header.X-Key"
SMALL = "method.request.header.x-key"


def method(declared: str, key: str) -> str:
    """Return a template with a method with these request parameters and this cache key."""
    return (
        f"{HEAD}  Get: {{Type: AWS::ApiGateway::Method, Properties: {{RestApiId: a, "
        f"RequestParameters: {declared}, Integration: {{Type: MOCK, CacheKeyParameters: {key}}}}}}}\n"
    )


def spelling(key: str, declared: str) -> str:
    """Return what the rule says about two spellings."""
    return (
        f'CacheKeyParameters holds "{key}", and RequestParameters declares "{declared}": API Gateway tells '
        "upper and lower case apart, so these are two parameters. Write both alike, as the client sends it."
    )


def undeclared(key: str) -> str:
    """Return what the rule says about a parameter that is not declared."""
    return (
        f'CacheKeyParameters holds "{key}", which RequestParameters does not declare: API Gateway refuses '
        f'the method. Add it there: "{key}": false, or true if it is required.'
    )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(method(f"{{{LARGE}: true}}", f"[{LARGE}]"), id="declared"),
        pytest.param(method(f"{{{SMALL}: false}}", "[!Sub 'method.request.header.${Header}']"), id="Sub"),
        pytest.param(method(f"{{{LARGE}: true}}", "[integration.request.header.x-key]"), id="integration"),
        pytest.param(method(f"{{{LARGE}: true}}", "[!ImportValue key]"), id="import"),
        pytest.param(method("!Transform {Name: t}", f"[{SMALL}]"), id="declared by a macro"),
        pytest.param(method(f"{{{LARGE}: true}}", "!Ref AWS::NoValue"), id="no key"),
        pytest.param(
            method(
                f"!If [Switched, {{{LARGE}: true}}, {{{SMALL}: true}}]", f"[!If [Switched, {LARGE}, {SMALL}]]"
            ),
            id="alike in each branch",
        ),
    ],
)
def test_accepts(judge: Judge, text: str) -> None:
    """A cache key of declared parameters passes."""
    assert judge(UndeclaredCacheKey, text) == []


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        pytest.param(method(f"{{{LARGE}: true}}", f"[{SMALL}]"), "0", spelling(SMALL, LARGE), id="spelling"),
        pytest.param(
            method(f"{{{LARGE}: true, {SMALL}: false}}", f"[{SMALL}]"),
            "0",
            spelling(SMALL, LARGE),
            id="both spellings declared",
        ),
        pytest.param(
            method("{method.request.path.proxy: true}", f"[method.request.path.proxy, {LARGE}]"),
            "1",
            undeclared(LARGE),
            id="not declared",
        ),
        pytest.param(
            method("!Ref AWS::NoValue", f"[{LARGE}]"), "0", undeclared(LARGE), id="nothing declared"
        ),
        pytest.param(
            method(f"{{{LARGE}: true}}", "[!Sub 'method.request.header.${Header}']"),
            "0",
            spelling(SMALL, LARGE),
            id="Sub of a parameter default",
        ),
        pytest.param(
            method(f"{{{LARGE}: true}}", f"!If [Switched, [{SMALL}], [{LARGE}]]"),
            "Fn::If/1/0",
            spelling(SMALL, LARGE),
            id="first branch",
        ),
        pytest.param(
            method(f"!If [Switched, {{{LARGE}: true}}, {{}}]", f"[{LARGE}]"),
            "0",
            undeclared(LARGE),
            id="declared in one branch",
        ),
        pytest.param(
            method(f"{{{LARGE}: true}}", f"[!If [Switched, !Ref AWS::NoValue, {SMALL}]]"),
            "0/Fn::If/2",
            spelling(SMALL, LARGE),
            id="item in the second branch",
        ),
    ],
)
def test_refuses(judge: Judge, text: str, path: str, expected: str) -> None:
    """A parameter that is not declared in this spelling is found in the cache key."""
    assert judge(UndeclaredCacheKey, text) == [
        (f"Resources/Get/Properties/Integration/CacheKeyParameters/{path}", expected)
    ]
