"""Performance Insights is switched on only where Aurora MySQL has it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from csr_templates.rules.support.aurora import CLUSTER, INSTANCE, aurora_mysql
from csr_templates.rules.support.references import target
from csr_templates.rules.support.rule import Fault, Rule, properties_of
from csr_templates.rules.support.scenarios import possible, state
from csr_templates.rules.support.values import is_true, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cfnlint.jsonschema import Validator

WITHOUT = re.compile(r"db\.(t2|t3)\..+|db\.t4g\.(micro|small)")

MESSAGE = (
    "{switch} and DBInstanceClass {instance_class}: Aurora MySQL has no Performance Insights on this class, "
    "and RDS refuses the instance. Switch it off, or take a class that has it, such as db.t4g.medium."
)


class PerformanceInsightsOnSmallClass(Rule):
    """Performance Insights on an instance class that lacks it.

    For Aurora MySQL, Performance Insights does not exist on db.t2, db.t3, db.t4g.micro and db.t4g.small. RDS
    refuses to create or change an instance that asks for it, and the stack rolls back. Set
    EnablePerformanceInsights (of a cluster: PerformanceInsightsEnabled) to false there, for example by a
    condition that follows the class, or take a class such as db.t4g.medium.
    """

    id = "E9680"
    source_url = (
        "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_DatabaseInsights.Engines.html"
    )
    tags = ["resources", "rds", "aurora"]
    looks_at = properties_of(INSTANCE)

    def faults(self, validator: Validator, properties: Any) -> Iterator[Fault]:
        name = "EnablePerformanceInsights"
        own = self._refused(validator, properties, name, properties.get(name))
        _, cluster = target(validator, properties.get("DBClusterIdentifier"), CLUSTER)
        of_cluster = self._refused(
            validator,
            properties,
            "The cluster's PerformanceInsightsEnabled",
            cluster.get("PerformanceInsightsEnabled"),
        )
        for path, messages in ((name, own), ("DBInstanceClass", of_cluster)):
            message = next(messages, None)
            if message:
                yield Fault((path,), message)
                return

    def _refused(self, validator: Validator, properties: Any, name: str, switch: Any) -> Iterator[str]:
        instance_class = properties.get("DBInstanceClass")
        for aurora in aurora_mysql(validator, properties):
            # The class first: cfn-lint resolves no parameter where a condition asks a map about it.
            for found, known in values(aurora, instance_class):
                if not isinstance(found, str) or not WITHOUT.fullmatch(found):
                    continue
                for enabled, case in values(known, switch):
                    if is_true(enabled) and possible(case):
                        yield MESSAGE.format(
                            switch=f"{name} {state(known, case, switch, enabled)}",
                            instance_class=state(validator, known, instance_class, found),
                        )
