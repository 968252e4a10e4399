from typing import Any

from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.values import is_true, values


class PublicDatabase(Rule):
    """Database with a public address.

    With PubliclyAccessible, the name of a database resolves to a public address, and only its security groups
    protect it from the internet. Set it to false, and connect from the VPC, through a VPN or a proxy. For a
    test database, it can be intended.
    """

    id = "W9696"
    source_url = "https://docs.aws.amazon.com/securityhub/latest/userguide/rds-controls.html#rds-2"
    fault_class = "protections"
    looks_at = properties_of("AWS::RDS::DBCluster", "AWS::RDS::DBInstance")

    def faults(self, validator: Validator, properties: Any) -> Faults:
        found = [is_true(value) for value, _ in values(validator, properties.get("PubliclyAccessible"))]
        if found and all(found):
            yield Fault(
                ("PubliclyAccessible",),
                "PubliclyAccessible is true: the database has a public address. Set it to false.",
            )
