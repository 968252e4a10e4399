from typing import Any

from cfn_analysis.model.references import value_at
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.scenarios import scenarios
from cfn_analysis.rules.support.values import existing, items, show


class ReplicaInOwnRegion(Rule):
    """Secret that is replicated to its own region.

    A secret is in the region of its stack. Secrets Manager rejects a replica in the same region, and two
    replicas in one region.
    """

    id = "E9783"
    source_url = (
        "https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_ReplicateSecretToRegions.html"
    )
    fault_class = "names"
    looks_at = properties_of("AWS::SecretsManager::Secret")

    def faults(self, validator: Validator, properties: Any) -> Faults:
        for replicas, case in scenarios(validator, properties.get("ReplicaRegions")):
            seen: list[Any] = [{"Ref": "AWS::Region"}]
            for replica in items(replicas):
                region = value_at(replica, ("Region",))
                if region in seen:
                    yield Fault(
                        existing(properties, ("ReplicaRegions",)),
                        f"ReplicaRegions has {show(region)}{{when}}, "
                        f"{'the region of the secret itself' if region == seen[0] else 'twice'}: Secrets "
                        "Manager refuses it. Remove it.",
                        case,
                    )
                seen.append(region)
