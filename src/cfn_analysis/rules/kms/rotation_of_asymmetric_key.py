from typing import Any

from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.scenarios import only_value, property_scenarios
from cfn_analysis.rules.support.values import is_true

# What a key needs for its rotation.
ROTATED = {"KeySpec": "SYMMETRIC_DEFAULT", "Origin": "AWS_KMS"}


class RotationOfAsymmetricKey(Rule):
    """Rotation of a key that does not support it.

    KMS rotates symmetric encryption keys with key material from KMS. EnableKeyRotation with an asymmetric
    key, an HMAC key, or Origin EXTERNAL or a custom key store is refused.
    """

    id = "E9786"
    source_url = "https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html"
    fault_class = "values"
    looks_at = properties_of("AWS::KMS::Key")

    def faults(self, validator: Validator, properties: Any) -> Faults:
        for found, case in property_scenarios(validator, properties, "EnableKeyRotation", *ROTATED):
            known = {name: only_value(case, found.get(name)) for name in ROTATED}
            other = [
                f"{name} is {value}"
                for name, value in known.items()
                if isinstance(value, str) and value != ROTATED[name]
            ]
            if other and is_true(only_value(case, found.get("EnableKeyRotation"))):
                yield Fault(
                    ("EnableKeyRotation",),
                    f"EnableKeyRotation is true{{when}}, and {other[0]}: KMS does not rotate such a key, and "
                    "refuses it.",
                    case,
                )
