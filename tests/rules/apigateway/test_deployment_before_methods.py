"""E9071 on deployments that leave out, and do not leave out, a part of their API."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from csr_templates.rules import DeploymentBeforeMethods

if TYPE_CHECKING:
    from tests.rules.conftest import Judge

HEAD = """
Parameters:
  Switch: {Type: String, Default: "true", AllowedValues: ["true", "false"]}
Conditions:
  Switched: !Equals [!Ref Switch, "true"]
  Unswitched: !Not [!Condition Switched]
Resources:
  Api: {Type: AWS::ApiGateway::RestApi}
  Get: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref Api, HttpMethod: GET}}
"""
POST = "  Post: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref Api, HttpMethod: POST}}\n"
ANSWER = "  Answer: {Type: AWS::ApiGateway::GatewayResponse, Properties: {RestApiId: !Ref Api}}\n"
CONDITIONAL = POST.replace("Properties", "Condition: Switched, Properties")


def deployment(attributes: str = "", properties: str = "", others: str = "") -> str:
    """Return a template with an API, its method Get, others, and a deployment."""
    return (
        f"{HEAD}{others}  Deployment: {{Type: AWS::ApiGateway::Deployment, {attributes} "
        f"Properties: {{RestApiId: !Ref Api, {properties}}}}}\n"
    )


def message(given: str, missing: str) -> str:
    """Return what the rule says about a deployment with this DependsOn."""
    return (
        f"DependsOn is {given}, and the deployment does not wait for {missing}: it may be made without "
        "them, and then they are not deployed. Add them to DependsOn, or refer by Fn::If to what has a "
        "Condition."
    )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(deployment("DependsOn: Get,"), id="one method"),
        pytest.param(deployment("DependsOn: [Get, Post, Answer],", "", POST + ANSWER), id="all"),
        pytest.param(
            deployment("DependsOn: Post,", "", POST.replace("Type", "DependsOn: Get, Type")),
            id="through another method",
        ),
        pytest.param(deployment("", "Description: !Ref Get"), id="Ref"),
        pytest.param(deployment("", "Description: !Sub 'After ${Get}'"), id="Sub"),
        pytest.param(
            deployment("DependsOn: Get,", "Description: !If [Switched, !Ref Post, none]", CONDITIONAL),
            id="reference to a method with a condition",
        ),
        pytest.param(deployment("Condition: Unswitched, DependsOn: Get,", "", CONDITIONAL), id="never both"),
        pytest.param(
            deployment("DependsOn: Get,", "", POST.replace("!Ref Api", "!ImportValue api")), id="another API"
        ),
    ],
)
def test_accepts(judge: Judge, text: str) -> None:
    """A deployment that waits for the whole API, one way or another, passes."""
    assert judge(DeploymentBeforeMethods, text) == []


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        pytest.param(deployment(), "", message("missing", "Get"), id="no DependsOn"),
        pytest.param(
            deployment("DependsOn: Api,"), "/DependsOn", message('"Api"', "Get"), id="waits for the API alone"
        ),
        pytest.param(
            deployment("DependsOn: [Post],", "", POST + ANSWER),
            "/DependsOn",
            message('["Post"]', "Get, Answer"),
            id="several missing",
        ),
        pytest.param(
            deployment("DependsOn: Get,", "", CONDITIONAL),
            "/DependsOn",
            message('"Get"', "Post"),
            id="method with a condition",
        ),
        pytest.param(
            deployment("Condition: Switched, DependsOn: Get,", "", CONDITIONAL),
            "/DependsOn",
            message('"Get"', "Post"),
            id="both under the same condition",
        ),
    ],
)
def test_refuses(judge: Judge, text: str, path: str, expected: str) -> None:
    """A deployment that may be made too early is found, with all that it leaves out."""
    assert judge(DeploymentBeforeMethods, text) == [(f"Resources/Deployment{path}", expected)]


def test_an_imported_api_is_judged_too(judge: Judge) -> None:
    """The API itself need not be in the template: methods and deployment name it alike."""
    text = deployment().replace("!Ref Api", "!ImportValue api")

    assert judge(DeploymentBeforeMethods, text) == [("Resources/Deployment", message("missing", "Get"))]
