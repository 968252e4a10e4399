"""E9041: an instance has a class that its version of Aurora MySQL runs on."""

from __future__ import annotations

import re
from collections import deque
from typing import TYPE_CHECKING, Any

from cfnlint.jsonschema import ValidationError
from cfnlint.rules.jsonschema import CfnLintKeyword

from csr_templates.rules.support.aurora import CLUSTER, INSTANCE, aurora_mysql
from csr_templates.rules.support.references import target
from csr_templates.rules.support.scenarios import possible, state
from csr_templates.rules.support.values import show, values

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cfnlint.jsonschema import ValidationResult, Validator

REFUSED = re.compile(r"db\.(t2|r3|r4)\..+|db\.t3\.small")
VERSION_3 = re.compile(r"8\.0(\.mysql_aurora\.3\..+)?")


class InstanceClassOfAuroraVersion2(CfnLintKeyword):
    """No instance of Aurora MySQL 3 has a class that only earlier versions run on."""

    id = "E9041"
    shortdesc = "Instance class that Aurora MySQL 3 does not run on"
    description = (
        "AWS still sells db.t2, db.t3.small, db.r3 and db.r4 for Aurora MySQL, but version 3 does not run on "
        "them: RDS refuses the instance, and the stack rolls back. Take db.t3.medium, db.t4g.medium, db.r5 "
        "or later."
    )
    source_url = "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.DBInstanceClass.SupportAurora.html"
    tags = ["resources", "rds", "aurora"]  # noqa: RUF012 - the base class declares it like this

    def __init__(self) -> None:
        super().__init__([f"Resources/{INSTANCE}/Properties"])

    def validate(
        self, validator: Validator, _keywords: Any, properties: Any, _schema: Any
    ) -> ValidationResult:
        """Yield an error if some case has version 3 and a class of before."""
        _, cluster = target(validator, properties.get("DBClusterIdentifier"), CLUSTER)
        version = cluster.get("EngineVersion", properties.get("EngineVersion"))
        message = next(self._refused(validator, properties, version), None)
        if message:
            yield ValidationError(message, path=deque(["DBInstanceClass"]), rule=self)

    def _refused(self, validator: Validator, properties: Any, version: Any) -> Iterator[str]:
        instance_class = properties.get("DBInstanceClass")
        for aurora in aurora_mysql(validator, properties):
            for found, case in values(aurora, instance_class):
                if not isinstance(found, str) or not REFUSED.fullmatch(found):
                    continue
                for engine, both in values(case, version):
                    if isinstance(engine, str) and VERSION_3.fullmatch(engine) and possible(both):
                        yield (
                            f"DBInstanceClass {state(validator, both, instance_class, found)}, and the "
                            f"engine version is {show(engine)}: Aurora MySQL 3 does not run on this class. "
                            "Take db.t3.medium, db.t4g.medium, db.r5 or later."
                        )
