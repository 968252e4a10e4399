"""Limits of stages and usage plans."""

from ..harness import frame

one = frame("<first=>\nResources:\n  <name>: {Type: AWS::<kind>, Properties: {<properties>}}\n")


def plan(properties: str, first: str = "") -> str:
    """Return a template with a usage plan."""
    return one("Plan", "ApiGateway::UsagePlan", properties, first)


def stage(settings: str, first: str = "") -> str:
    """Return a template with a stage of these method settings."""
    return one("Stage", "ApiGateway::Stage", f"MethodSettings: [{settings}]", first)


def case(text: str, path: str) -> tuple[str, ...]:
    """A limit of 0 is found."""
    return (
        text,
        f"Resources/{path}",
        f"{path.split('/')[-1]} is 0: every request gets 429. Increase it, or remove it.",
    )


GOOD = {
    "limits": plan("Throttle: {RateLimit: 10, BurstLimit: 20}"),
    "no limit": stage(
        "{HttpMethod: GET, ResourcePath: /, ThrottlingRateLimit: -1}, "
        "!If [IsProduction, !Ref AWS::NoValue, {HttpMethod: PUT, ResourcePath: /}]",
        "Conditions: {IsProduction: !Equals [!Ref AWS::Region, eu-west-1]}",
    ),
    "parameter": plan("Throttle: {RateLimit: !Ref Rate}", "Parameters: {Rate: {Type: Number}}"),
}

BAD = {
    "plan": case(plan("Throttle: {RateLimit: 10, BurstLimit: 0}"), "Plan/Properties/Throttle/BurstLimit"),
    "stage": case(
        stage("{HttpMethod: '*', ResourcePath: /*, ThrottlingRateLimit: 0}"),
        "Stage/Properties/MethodSettings/0/ThrottlingRateLimit",
    ),
    "method of a plan": case(
        plan("ApiStages: [{ApiId: a, Stage: b, Throttle: {/pets/GET: {RateLimit: 0}}}]"),
        "Plan/Properties/ApiStages/0/Throttle//pets/GET/RateLimit",
    ),
    "HTTP API": case(
        one(
            "Stage",
            "ApiGatewayV2::Stage",
            "DefaultRouteSettings: {ThrottlingRateLimit: !Ref Rate}",
            "Parameters: {Rate: {Type: Number, Default: 0}}",
        ),
        "Stage/Properties/DefaultRouteSettings/ThrottlingRateLimit",
    ),
}
