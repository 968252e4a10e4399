from typing import Any

from cfn_analysis.rules.support.aurora import INSTANCE_GROUP, settings
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.words import rows, words

CLUSTER_ONLY = words(" ".join(rows(__file__)))


class ClusterParameterInInstanceGroup(Rule):
    """Cluster parameter in an instance's parameter group.

    Some parameters of Aurora MySQL apply to the whole cluster. A DBParameterGroup, which belongs to an
    instance, does not have them: RDS does not find the parameter, and the stack rolls back. Set it in the
    DBClusterParameterGroup. The opposite is allowed: for a parameter that an instance's group does not set,
    the value of the cluster's group applies.
    """

    id = "E9684"
    source_url = "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQL.Reference.ParameterGroups.html"
    fault_class = "values"
    looks_at = properties_of(INSTANCE_GROUP)

    def faults(self, validator: Validator, properties: Any) -> Faults:
        for name, value, path in settings(validator, properties):
            if name in CLUSTER_ONLY:
                yield Fault(
                    path,
                    f"{name} is set to {value} for an instance: it applies to the whole cluster, and RDS "
                    "does not find it in this group. Set it in the AWS::RDS::DBClusterParameterGroup.",
                )
