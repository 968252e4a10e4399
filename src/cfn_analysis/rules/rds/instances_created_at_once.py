from __future__ import annotations

from typing import Any

from cfn_analysis.rules.support.aurora import CLUSTER, members
from cfn_analysis.rules.support.references import waits_for
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.values import assume, of_type


class InstancesCreatedAtOnce(Rule):
    """Instance of an Aurora cluster that does not wait for the first.

    CloudFormation creates the instances of a cluster at the same time unless one depends on another, and the
    one that is available first becomes the writer, independent of its name and zone. Add DependsOn to the
    others.
    """

    id = "W9686"
    source_url = (
        "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.AuroraHighAvailability.html"
    )
    fault_class = "lifecycle"

    def faults(self, validator: Validator, resources: Any) -> Faults:
        for cluster_id, _, _ in of_type(resources, CLUSTER):
            instances = list(members(validator, cluster_id))
            free = [one for one in instances if not _waits_for_any(validator, one, instances)]
            for second in free[1:]:
                if _may_both_exist(validator, resources[free[0]], resources[second]):
                    yield Fault(
                        (second,),
                        f"{second} does not wait for {free[0]}: both are created at once, and the one that "
                        f"is ready first becomes the writer of {cluster_id}. Add DependsOn: {free[0]}.",
                    )


def _waits_for_any(validator: Validator, one: str, instances: list[str]) -> bool:
    return any(waits_for(validator, one, other) for other in instances if other != one)


def _may_both_exist(validator: Validator, first: Any, second: Any) -> bool:
    """Return whether there is a case in which both resources exist."""
    conditions = [resource.get("Condition") for resource in (first, second)]
    return assume(validator, {name: True for name in conditions if isinstance(name, str)}) is not None
