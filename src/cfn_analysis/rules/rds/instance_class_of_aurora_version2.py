import re
from typing import Any

from cfn_analysis.rules.support.aurora import CLUSTER, INSTANCE, aurora_mysql
from cfn_analysis.rules.support.references import target
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.scenarios import is_possible, state
from cfn_analysis.rules.support.values import show, values

REFUSED = re.compile(r"db\.(t2|r3|r4)\..+|db\.t3\.small")
VERSION_3 = re.compile(r"8\.0(\.mysql_aurora\.3\..+)?")


class InstanceClassOfAuroraVersion2(Rule):
    """Instance class that Aurora MySQL 3 does not support.

    AWS still offers db.t2, db.t3.small, db.r3 and db.r4 for Aurora MySQL, but version 3 does not support
    them: RDS refuses the instance, and the stack rolls back. Use db.t3.medium, db.t4g.medium, db.r5 or later.
    """

    id = "E9681"
    source_url = "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.DBInstanceClass.SupportAurora.html"
    fault_class = "values"
    looks_at = properties_of(INSTANCE)
    first_only = True

    def faults(self, validator: Validator, properties: Any) -> Faults:
        _, cluster = target(validator, properties.get("DBClusterIdentifier"), CLUSTER)
        version = cluster.get("EngineVersion", properties.get("EngineVersion"))
        instance_class = properties.get("DBInstanceClass")
        for aurora in aurora_mysql(validator, properties):
            for known, case in values(aurora, instance_class):
                if not isinstance(known, str) or not REFUSED.fullmatch(known):
                    continue
                for engine, both in values(case, version):
                    if isinstance(engine, str) and VERSION_3.fullmatch(engine) and is_possible(both):
                        yield Fault(
                            ("DBInstanceClass",),
                            f"DBInstanceClass {state(validator, both, instance_class, known)}, and the "
                            f"engine version is {show(engine)}: Aurora MySQL 3 does not support this class. "
                            "Use db.t3.medium, db.t4g.medium, db.r5 or later.",
                        )
