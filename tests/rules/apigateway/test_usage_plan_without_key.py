"""W9075 on usage plans that limit somebody, and nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from csr_templates.rules import UsagePlanWithoutKey

if TYPE_CHECKING:
    from tests.rules.conftest import Judge

HEAD = """
Parameters:
  Keyed: {Type: String, Default: "false"}
  Switch: {Type: String, Default: "true", AllowedValues: ["true", "false"]}
Conditions:
  Switched: !Equals [!Ref Switch, "true"]
  Unswitched: !Not [!Condition Switched]
Outputs:
  PlanId: {Value: !Ref Plan}
Resources:
  Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: api}}
"""
KEY = (
    "  Key: {Type: AWS::ApiGateway::UsagePlanKey, Properties: {UsagePlanId: !Ref Plan, KeyId: k, "
    "KeyType: API_KEY}}\n"
)
CONDITIONAL_KEY = KEY.replace("Properties", "Condition: Switched, Properties")
QUOTA = "Quota: {Limit: 5, Period: DAY}"
STAGES = "ApiStages: [{ApiId: !Ref Api, Stage: v1}]"


def plan(properties: str, others: str = "", attributes: str = "") -> str:
    """Return a template with an API, a usage plan of these properties, and others."""
    return (
        f"{HEAD}{others}  Plan: {{Type: AWS::ApiGateway::UsagePlan, {attributes} "
        f"Properties: {{{properties}}}}}\n"
    )


def method(name: str, properties: str) -> str:
    """Return a method of the API."""
    return (
        f"  {name}: {{Type: AWS::ApiGateway::Method, Properties: {{RestApiId: !Ref Api, HttpMethod: GET, "
        f"{properties}}}}}\n"
    )


def no_key(limits: str, when: str = "") -> str:
    """Return what the rule says about a plan without key."""
    return (
        f"{limits} nobody: it has no key{when}. Add an AWS::ApiGateway::UsagePlanKey whose UsagePlanId is "
        "this plan."
    )


NOT_ASKED = (
    'ApiId is {"Ref": "Api"}, and no method of that API requires a key: the plan limits nobody who calls '
    "it. Set ApiKeyRequired: true on its methods."
)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(plan(QUOTA, KEY), id="key"),
        pytest.param(plan(QUOTA, KEY.replace("!Ref Plan", "!Sub '${Plan}'")), id="key by Sub"),
        pytest.param(plan("Description: no limit"), id="no limits"),
        pytest.param(plan(QUOTA, CONDITIONAL_KEY, "Condition: Switched,"), id="key wherever there is a plan"),
        pytest.param(
            plan(
                QUOTA,
                CONDITIONAL_KEY
                + CONDITIONAL_KEY.replace("Switched", "Unswitched").replace("Key:", "Other:", 1),
            ),
            id="one key or the other",
        ),
        pytest.param(
            plan(QUOTA).replace("!Ref Plan}", "!Ref Plan, Export: {Name: plan}}"), id="exported plan"
        ),
        pytest.param(
            plan(QUOTA, "  Portal: {Type: Custom::Portal, Properties: {ServiceToken: !Ref Plan}}\n"),
            id="plan that another resource uses",
        ),
        pytest.param(
            plan(
                f"{QUOTA}, {STAGES}",
                KEY + method("A", "ApiKeyRequired: true") + method("B", "OperationName: b"),
            ),
            id="a method that requires a key",
        ),
        pytest.param(
            plan(f"{QUOTA}, {STAGES}", KEY + method("A", "ApiKeyRequired: !If [Switched, true, false]")),
            id="a method that requires a key in one branch",
        ),
        pytest.param(
            plan(f"{QUOTA}, {STAGES}", KEY + method("A", "ApiKeyRequired: !ImportValue keyed")),
            id="a method of which only AWS knows",
        ),
        pytest.param(plan(f"{QUOTA}, {STAGES}", KEY), id="API without methods here"),
        pytest.param(
            plan(f"{QUOTA}, {STAGES}", KEY + method("A", "ApiKeyRequired: false")).replace(
                "Name: api", "BodyS3Location: {Bucket: b, Key: k}"
            ),
            id="API with a definition elsewhere",
        ),
        pytest.param(
            plan(f"{QUOTA}, ApiStages: [{{ApiId: !ImportValue api, Stage: v1}}]", KEY),
            id="API of another stack",
        ),
    ],
)
def test_accepts(judge: Judge, text: str) -> None:
    """A plan that limits somebody, or of which that cannot be known, passes."""
    assert judge(UsagePlanWithoutKey, text) == []


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        pytest.param(plan(QUOTA), "Quota", no_key("Quota of the usage plan limits"), id="quota"),
        pytest.param(
            plan("Throttle: {RateLimit: 5}"),
            "Throttle",
            no_key("Throttle of the usage plan limits"),
            id="throttle",
        ),
        pytest.param(
            plan(f"Throttle: {{RateLimit: 5}}, {QUOTA}"),
            "Quota",
            no_key("Quota and Throttle of the usage plan limit"),
            id="both",
        ),
        pytest.param(
            plan(QUOTA, KEY.replace("!Ref Plan", "other")),
            "Quota",
            no_key("Quota of the usage plan limits"),
            id="key of another plan",
        ),
        pytest.param(
            plan(QUOTA, CONDITIONAL_KEY),
            "Quota",
            no_key("Quota of the usage plan limits", " when Switched is false"),
            id="key under a condition",
        ),
        pytest.param(
            plan(f"{QUOTA}, {STAGES}", KEY + method("A", "OperationName: a")),
            "ApiStages/0/ApiId",
            NOT_ASKED,
            id="missing",
        ),
        pytest.param(
            plan(f"{QUOTA}, {STAGES}", KEY + method("A", "ApiKeyRequired: !Ref Keyed")),
            "ApiStages/0/ApiId",
            NOT_ASKED,
            id="parameter default",
        ),
        pytest.param(
            plan(f"{QUOTA}, {STAGES}", KEY + method("A", "ApiKeyRequired: !Sub '${Keyed}'")),
            "ApiStages/0/ApiId",
            NOT_ASKED,
            id="Sub",
        ),
        pytest.param(
            plan(
                f"{QUOTA}, ApiStages: [!If [Switched, {{ApiId: !Ref Api, Stage: v1}}, !Ref AWS::NoValue]]",
                KEY + method("A", "ApiKeyRequired: !If [Switched, false, true]"),
            ),
            "ApiStages/0/Fn::If/1/ApiId",
            NOT_ASKED,
            id="open in the branch of the plan",
        ),
    ],
)
def test_warns(judge: Judge, text: str, path: str, expected: str) -> None:
    """A plan that limits nobody is found in its limit, or in the API that asks for no key."""
    assert judge(UsagePlanWithoutKey, text) == [(f"Resources/Plan/Properties/{path}", expected)]
