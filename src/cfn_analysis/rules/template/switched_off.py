from typing import Any

from cfn_analysis.rules.support.references import own_type
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.values import branches, place, values

# Type -> path of the switch -> what switches off, and what then does not happen.
SWITCHES: dict[str, dict[tuple[str, ...], tuple[str, str]]] = {
    "AWS::ApiGateway::ApiKey": {("Enabled",): ("false", "callers with this key are refused")},
    "AWS::CloudFront::Distribution": {
        ("DistributionConfig", "Enabled"): ("false", "the distribution refuses every request")
    },
    "AWS::CloudTrail::Trail": {("IsLogging",): ("false", "nothing is recorded")},
    "AWS::GuardDuty::Detector": {("Enable",): ("false", "nothing is watched")},
    "AWS::KMS::Key": {("Enabled",): ("false", "nothing can be encrypted or read with the key")},
    "AWS::Route53::HealthCheck": {
        ("HealthCheckConfig", "Disabled"): ("true", "the check always counts as healthy")
    },
    "AWS::S3::Bucket": {
        ("LifecycleConfiguration", "Rules", "*", "Status"): ("disabled", "the rule does nothing"),
        ("ReplicationConfiguration", "Rules", "*", "Status"): ("disabled", "nothing is replicated"),
    },
}


class SwitchedOff(Rule):
    """Key, rule or check that is disabled.

    The resource is created, but has no effect: data encrypted with a disabled KMS key cannot be used, and
    with a disabled lifecycle rule old versions are still billed. Enable it, or remove it. If it is disabled
    intentionally, ignore this rule with the reason. A value from a parameter or a condition is not reported.
    """

    id = "W9516"
    source_url = "https://docs.aws.amazon.com/kms/latest/developerguide/enabling-keys.html"
    fault_class = "protections"
    looks_at = properties_of(*SWITCHES)

    def faults(self, validator: Validator, properties: Any) -> Faults:
        for path, (off, effect) in SWITCHES[own_type(validator)].items():
            for value, where in branches(validator, properties, *path) if path[0] in properties else ():
                found = [str(one).lower() for one, _ in values(where, value) if one is not None]
                decided = where.context.conditions.status == validator.context.conditions.status
                if decided and found and set(found) == {off}:
                    yield Fault(
                        place(where, validator) or path[:1],
                        f"{path[-1]} is {value if isinstance(value, str) else off}: {effect}. Enable it, or "
                        "remove it.",
                        where,
                    )
