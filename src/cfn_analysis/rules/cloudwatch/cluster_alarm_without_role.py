import re
from typing import Any

from cfn_analysis.rules.support.metrics import metrics
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator, properties_of
from cfn_analysis.rules.support.words import words

# Metrics that each instance reports, without those of the cluster volume.
PER_INSTANCE = words("""
    CommitLatency CPUCreditBalance CPUSurplusCreditBalance CPUUtilization DatabaseConnections DMLLatency
    FreeableMemory FreeLocalStorage InsertLatency ReadLatency SelectLatency SwapUsage UpdateLatency
    WriteLatency
""")


class ClusterAlarmWithoutRole(Rule):
    """Database alarm over all instances of a cluster.

    With only DBClusterIdentifier, a metric contains the data of all instances. The average of a busy writer
    and an idle reader is half of the writer's value, so a threshold meant for one instance is reached late or
    never. Add the dimension Role with WRITER or READER, watch one instance by DBInstanceIdentifier, or use
    the statistic Maximum or Minimum.
    """

    id = "W9603"
    source_url = "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/dimensions.html"
    finding_class = "alarms"
    looks_at = properties_of("AWS::CloudWatch::Alarm")

    def findings(self, validator: Validator, properties: Any) -> Findings:
        for metric in metrics(validator, properties):
            mixing = metric.statistic == "Average" or re.fullmatch(r"(p|tm)[0-9.]+", metric.statistic or "")
            cluster_wide = metric.dimensions is not None and set(metric.dimensions) == {"DBClusterIdentifier"}
            if metric.namespace == "AWS/RDS" and metric.name in PER_INSTANCE and cluster_wide and mixing:
                yield RuleFinding(
                    metric.path("Dimensions"),
                    f"Dimensions are only DBClusterIdentifier{{when}}: {metric.statistic} of {metric.name} "
                    "then mixes all instances, and an idle reader hides a busy writer. Add Role: WRITER or "
                    "READER.",
                    metric.case,
                )
