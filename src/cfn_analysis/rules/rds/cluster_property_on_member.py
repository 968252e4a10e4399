from typing import Any

from cfn_analysis.rules.support.aurora import INSTANCE
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.scenarios import state
from cfn_analysis.rules.support.values import is_true, values
from cfn_analysis.rules.support.words import named

ON_CLUSTER = named(__file__)
NOWHERE = {
    "CharacterSetName": "the character set is a parameter of the cluster's parameter group",
    "Iops": "Aurora has no provisioned I/O",
    "MaxAllocatedStorage": "the storage grows by itself",
    "OptionGroupName": "Aurora has no option groups",
    "StorageThroughput": "Aurora's storage has no such setting",
}
MULTI_AZ = (
    "MultiAZ {state}: an Aurora cluster is spread over the Availability Zones by its instances, and this "
    "property does not apply to them. Remove it, and add a second instance in another AvailabilityZone."
)


class ClusterPropertyOnMember(Rule):
    """Property on an Aurora instance that does not apply to it.

    Backups, encryption, logs, network and storage of Aurora are configured on the cluster, and its instances
    make it Multi-AZ. According to the API reference, these properties do not apply to an instance of a
    cluster: they have no effect, or RDS refuses them. Set them on the cluster.
    """

    id = "W9682"
    source_url = "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html"
    fault_class = "values"
    looks_at = properties_of(INSTANCE)

    def faults(self, validator: Validator, properties: Any) -> Faults:
        engines = [engine for engine, _ in values(validator, properties.get("Engine"))]
        if not any(str(engine).lower().startswith("aurora") for engine in engines):
            return
        for name in sorted({"MultiAZ", *ON_CLUSTER, *NOWHERE}.intersection(properties)):
            value = properties[name]
            for known, case in values(validator, value):
                if known is None or (name == "MultiAZ" and not is_true(known)):
                    continue
                yield Fault((name,), _property_text(name, state(validator, case, value, known)))
                break


def _property_text(name: str, found: str) -> str:
    if name == "MultiAZ":
        return MULTI_AZ.format(state=found)
    if name in NOWHERE:
        return f"{name} {found} on an Aurora instance: {NOWHERE[name]}. Remove it."
    return f"{name} {found} on an Aurora instance: set {ON_CLUSTER[name]} of the cluster instead."
