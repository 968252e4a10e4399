"""What is switched off."""

from ..harness import frame

one = frame("<first=>\nResources:\n  One: {Type: <kind>, Properties: {<properties>}}\n")


def bucket(*rules: str, first: str = "") -> str:
    """Return a template with a bucket of these lifecycle rules."""
    return one("AWS::S3::Bucket", f"LifecycleConfiguration: {{Rules: [{', '.join(rules)}]}}", first)


GOOD = {
    "on": one("AWS::KMS::Key", "Enabled: true"),
    "by parameter": one(
        "AWS::ApiGateway::ApiKey",
        "Enabled: !Ref Open",
        "Parameters: {Open: {Type: String, AllowedValues: ['true', 'false']}}",
    ),
    "lifecycle": bucket("{Status: Enabled, ExpirationInDays: 1}"),
    "by condition": bucket(
        "{Status: !If [Keeps, Enabled, Disabled], ExpirationInDays: 1}",
        first="Conditions: {Keeps: !Equals [!Ref AWS::Region, eu-west-1]}",
    ),
}

BAD = {
    "key": (
        one("AWS::KMS::Key", "Enabled: false"),
        "Resources/One/Properties/Enabled",
        "Enabled is false: nothing can be encrypted or read with the key. Enable it, or remove it.",
    ),
    "lifecycle": (
        bucket("{Status: Enabled, ExpirationInDays: 1}", "{Status: Disabled, ExpirationInDays: 2}"),
        "Resources/One/Properties/LifecycleConfiguration/Rules/1/Status",
        "Status is Disabled: the rule does nothing. Enable it, or remove it.",
    ),
    "health check": (
        one("AWS::Route53::HealthCheck", "HealthCheckConfig: {Type: HTTPS, Disabled: true}"),
        "Resources/One/Properties/HealthCheckConfig/Disabled",
        "Disabled is true: the check always counts as healthy. Enable it, or remove it.",
    ),
    "detector": (
        """
  Detector: {Type: AWS::GuardDuty::Detector, Properties: {Enable: false}}
""",
        "Resources/Detector/Properties/Enable",
        "Enable is false: nothing is watched. Enable it, or remove it.",
    ),
}
