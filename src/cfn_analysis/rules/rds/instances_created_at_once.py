from typing import Any

from cfn_analysis.rules.support.aurora import CLUSTER, members
from cfn_analysis.rules.support.references import waits_for
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator
from cfn_analysis.rules.support.values import case_of, of_type


class InstancesCreatedAtOnce(Rule):
    """Instance of an Aurora cluster that does not wait for the first.

    CloudFormation creates the instances of a cluster at the same time unless one depends on another, and the
    one that is available first becomes the writer, independent of its name and zone. Add DependsOn to the
    others. This is a convention: the cluster works, but names and alarms of instances do not say which one is
    the writer.
    """

    id = "W9686"
    source_url = (
        "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.AuroraHighAvailability.html"
    )
    finding_class = "lifecycle"

    def findings(self, validator: Validator, resources: Any) -> Findings:
        for cluster_id, _, _ in of_type(resources, CLUSTER):
            instances = list(members(validator, cluster_id))
            free = [instance for instance in instances if not _waits(validator, instance, instances)]
            for second in free[1:]:
                first_case = case_of(validator, resources[free[0]])
                if first_case and case_of(first_case, resources[second]):
                    yield RuleFinding(
                        (second,),
                        f"{second} does not wait for {free[0]}: both are created at once, and the one that "
                        f"is ready first becomes the writer of {cluster_id}. Add DependsOn: {free[0]}.",
                    )


def _waits(validator: Validator, instance: str, instances: list[str]) -> bool:
    """Return whether an instance is created after another one of them."""
    return any(waits_for(validator, instance, earlier) for earlier in instances if earlier != instance)
