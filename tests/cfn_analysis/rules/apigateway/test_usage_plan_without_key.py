"""Usage plans with and without effect."""

from ..harness import frame, row

KEY = (
    "  Key: {Type: AWS::ApiGateway::UsagePlanKey, Properties: {UsagePlanId: !Ref Plan, KeyId: k, "
    "KeyType: API_KEY}}\n"
)

CONDITIONAL_KEY = KEY.replace("Properties", "Condition: Switched, Properties")
QUOTA_ONLY = "Quota: {Limit: 5, Period: DAY}"
QUOTA = f"{QUOTA_ONLY}, ApiStages: !ImportValue stages"
STAGES = "ApiStages: [{ApiId: !Ref Api, Stage: v1}]"

plan = frame("""
Parameters:
  Keyed: {Type: String, Default: "false"}
Outputs:
  PlanId: {Value: !Ref Plan}
Resources:
  Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: api}}
<others=>  Plan: {Type: AWS::ApiGateway::UsagePlan, <attributes=> Properties: {<properties>}}
""")

method = frame(
    "  <name>: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref Api, HttpMethod: GET, "
    "<properties>}}\n"
)

no_key = frame(
    "<limits> no one: it has no key<when=>. Add an AWS::ApiGateway::UsagePlanKey whose UsagePlanId is "
    "this plan."
)

NOT_ASKED = (
    'ApiId is {"Ref": "Api"}, and no method of that API requires a key: the plan does not limit its '
    "callers. Set ApiKeyRequired: true on its methods."
)

case = row("<text>", "Resources/Plan/Properties/<path>", "<expected>")

GOOD = {
    "key": plan(QUOTA, KEY),
    "key by Sub": plan(QUOTA, KEY.replace("!Ref Plan", "!Sub '${Plan}'")),
    "no limits": plan("Description: no limit"),
    "key wherever there is a plan": plan(QUOTA, CONDITIONAL_KEY, "Condition: Switched,"),
    "one key or the other": plan(
        QUOTA,
        CONDITIONAL_KEY + CONDITIONAL_KEY.replace("Switched", "NotSwitched").replace("Key:", "Other:", 1),
    ),
    "exported plan": plan(QUOTA).replace("!Ref Plan}", "!Ref Plan, Export: {Name: plan}}"),
    "plan that another resource uses": plan(
        QUOTA, "  Portal: {Type: Custom::Portal, Properties: {ServiceToken: !Ref Plan}}\n"
    ),
    "a method that requires a key": plan(
        f"{QUOTA_ONLY}, {STAGES}", KEY + method("A", "ApiKeyRequired: true") + method("B", "OperationName: b")
    ),
    "a method that requires a key in one branch": plan(
        f"{QUOTA_ONLY}, {STAGES}", KEY + method("A", "ApiKeyRequired: !If [Switched, true, false]")
    ),
    "a method of which only AWS knows": plan(
        f"{QUOTA_ONLY}, {STAGES}", KEY + method("A", "ApiKeyRequired: !ImportValue keyed")
    ),
    "API without methods here": plan(f"{QUOTA_ONLY}, {STAGES}", KEY),
    "API with a definition elsewhere": plan(
        f"{QUOTA_ONLY}, {STAGES}", KEY + method("A", "ApiKeyRequired: false")
    ).replace("Name: api", "BodyS3Location: {Bucket: b, Key: k}"),
    "API of another stack": plan(f"{QUOTA_ONLY}, ApiStages: [{{ApiId: !ImportValue api, Stage: v1}}]", KEY),
}

BAD = {
    "no stage": (
        plan(QUOTA_ONLY, KEY),
        "Resources/Plan/Properties",
        "ApiStages is missing: Key opens no stage, and every API refuses it. Add the API and its stage.",
    ),
    "no stage in a case": case(
        plan(f"{QUOTA_ONLY}, ApiStages: !If [Switched, !ImportValue stages, !Ref AWS::NoValue]", KEY),
        "ApiStages",
        "ApiStages is empty when Switched is false: Key opens no stage, and every API refuses it. Add the "
        "API and its stage.",
    ),
    "quota": case(plan(QUOTA), "Quota", no_key("Quota of the usage plan limits")),
    "throttle": case(
        plan("Throttle: {RateLimit: 5}"), "Throttle", no_key("Throttle of the usage plan limits")
    ),
    "both": case(
        plan(f"Throttle: {{RateLimit: 5}}, {QUOTA}"),
        "Quota",
        no_key("Quota and Throttle of the usage plan limit"),
    ),
    "key of another plan": case(
        plan(QUOTA, KEY.replace("!Ref Plan", "other")), "Quota", no_key("Quota of the usage plan limits")
    ),
    "key under a condition": case(
        plan(QUOTA, CONDITIONAL_KEY),
        "Quota",
        no_key("Quota of the usage plan limits", " when Switched is false"),
    ),
    "missing": case(
        plan(f"{QUOTA_ONLY}, {STAGES}", KEY + method("A", "OperationName: a")), "ApiStages/0/ApiId", NOT_ASKED
    ),
    "parameter default": case(
        plan(f"{QUOTA_ONLY}, {STAGES}", KEY + method("A", "ApiKeyRequired: !Ref Keyed")),
        "ApiStages/0/ApiId",
        NOT_ASKED,
    ),
    "open in the branch of the plan": case(
        plan(
            f"{QUOTA_ONLY}, ApiStages: [!If [Switched, {{ApiId: !Ref Api, Stage: v1}}, !ImportValue stage]]",
            KEY + method("A", "ApiKeyRequired: !If [Switched, false, true]"),
        ),
        "ApiStages/0/Fn::If/1/ApiId",
        NOT_ASKED,
    ),
}
