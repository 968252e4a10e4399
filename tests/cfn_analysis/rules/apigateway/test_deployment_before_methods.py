"""Deployments that leave out, and do not leave out, a part of their API."""

from ..harness import frame, row

HEAD = """
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


message = frame(
    "DependsOn is <given>, and the deployment does not wait for <missing>: it may be created without "
    "them, and then they are not deployed. Add them to DependsOn, or refer by Fn::If to what has a "
    "Condition."
)

case = row("<text>", "Resources/Deployment<path>", "<expected>")

GOOD = {
    "one method": deployment("DependsOn: Get,"),
    "all": deployment("DependsOn: [Get, Post, Answer],", "", POST + ANSWER),
    "through another method": deployment(
        "DependsOn: Post,", "", POST.replace("Type", "DependsOn: Get, Type")
    ),
    "Ref": deployment("", "Description: !Ref Get"),
    "Sub": deployment("", "Description: !Sub 'After ${Get}'"),
    "reference to a method with a condition": deployment(
        "DependsOn: Get,", "Description: !If [Switched, !Ref Post, none]", CONDITIONAL
    ),
    "never both": deployment("Condition: NotSwitched, DependsOn: Get,", "", CONDITIONAL),
    "another API": deployment("DependsOn: Get,", "", POST.replace("!Ref Api", "!ImportValue api")),
}

BAD = {
    "no DependsOn": case(deployment(), "", message("missing", "Get")),
    "waits for the API alone": case(deployment("DependsOn: Api,"), "/DependsOn", message('"Api"', "Get")),
    "several missing": case(
        deployment("DependsOn: [Post],", "", POST + ANSWER), "/DependsOn", message('["Post"]', "Get, Answer")
    ),
    "method with a condition": case(
        deployment("DependsOn: Get,", "", CONDITIONAL), "/DependsOn", message('"Get"', "Post")
    ),
    "both under the same condition": case(
        deployment("Condition: Switched, DependsOn: Get,", "", CONDITIONAL),
        "/DependsOn",
        message('"Get"', "Post"),
    ),
    "an imported api is judged too": (
        deployment().replace("!Ref Api", "!ImportValue api"),
        "Resources/Deployment",
        message("missing", "Get"),
    ),
}
