import re
from collections.abc import Iterator
from typing import Any

from cfn_analysis.rules.support.aurora import CLUSTER, INSTANCE, aurora_mysql
from cfn_analysis.rules.support.references import target
from cfn_analysis.rules.support.rule import Fault, Rule, Validator, properties_of
from cfn_analysis.rules.support.scenarios import is_possible, state
from cfn_analysis.rules.support.values import is_true, values

WITHOUT = re.compile(r"db\.(t2|t3)\..+|db\.t4g\.(micro|small)")


class PerformanceInsightsOnSmallClass(Rule):
    """Performance Insights on an instance class that does not support it.

    For Aurora MySQL, Performance Insights does not exist on db.t2, db.t3, db.t4g.micro and db.t4g.small. RDS
    refuses to create or change an instance with it, and the stack rolls back. Set
    EnablePerformanceInsights (of a cluster: PerformanceInsightsEnabled) to false there, for example by a
    condition on the class, or use a class such as db.t4g.medium.
    """

    id = "E9680"
    source_url = (
        "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_DatabaseInsights.Engines.html"
    )
    fault_class = "values"
    looks_at = properties_of(INSTANCE)
    first_only = True

    def faults(self, validator: Validator, properties: Any) -> Iterator[Fault]:
        instance_class, own = properties.get("DBInstanceClass"), "EnablePerformanceInsights"
        _, cluster = target(validator, properties.get("DBClusterIdentifier"), CLUSTER)
        of_cluster = "The cluster's PerformanceInsightsEnabled"
        for name, path, switch in (
            (own, (own,), properties.get(own)),
            (of_cluster, ("DBInstanceClass",), cluster.get("PerformanceInsightsEnabled")),
        ):
            # The class first: cfn-lint does not resolve a parameter in a condition with Fn::FindInMap on it.
            for small, known in _small_classes(validator, properties) if switch is not None else ():
                for enabled, case in values(known, switch):
                    if is_true(enabled) and is_possible(case):
                        yield Fault(
                            path,
                            f"{name} {state(known, case, switch, enabled)} and DBInstanceClass "
                            f"{state(validator, known, instance_class, small)}: Aurora MySQL has no "
                            "Performance Insights on this class, and RDS refuses the instance. Disable "
                            "it, or use a class that supports it, such as db.t4g.medium.",
                        )


def _small_classes(validator: Validator, properties: Any) -> Iterator[tuple[str, Validator]]:
    """Yield the classes without Performance Insights that an Aurora MySQL instance can have."""
    for aurora in aurora_mysql(validator, properties):
        for known, case in values(aurora, properties.get("DBInstanceClass")):
            if isinstance(known, str) and WITHOUT.fullmatch(known):
                yield known, case
