from typing import Any

from cfn_analysis.rules.support.references import own_type
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.scenarios import only_value
from cfn_analysis.rules.support.values import branches, values

LOGS = {
    "AWS::RDS::DBCluster": {
        "aurora-mysql": "audit error general iam-db-auth-error instance slowquery",
        "aurora-postgresql": "iam-db-auth-error instance postgresql",
        "mysql": "error general iam-db-auth-error slowquery",
        "postgres": "iam-db-auth-error postgresql upgrade",
    },
    "AWS::RDS::DBInstance": {
        "mariadb": "audit error general iam-db-auth-error slowquery",
        "mysql": "audit error general iam-db-auth-error slowquery",
        "postgres": "iam-db-auth-error postgresql upgrade",
    },
}
NAME = "EnableCloudwatchLogsExports"


class UnknownExportedLog(Rule):
    """Exported log that the engine does not have.

    EnableCloudwatchLogsExports accepts the logs of the engine: MySQL has error, general and slowquery,
    PostgreSQL has postgresql. RDS refuses another: 'You cannot use the log types ... with engine version
    ...'.
    """

    id = "E9692"
    source_url = "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBCluster.html"
    fault_class = "values"
    looks_at = properties_of(*LOGS)

    def faults(self, validator: Validator, properties: Any) -> Faults:
        if NAME not in properties:
            return
        for engine, case in values(validator, properties.get("Engine")):
            logs = LOGS[own_type(validator)].get(str(engine).lower(), "").split()
            for value, where in branches(case, properties, NAME, "*"):
                log = only_value(where, value)
                if logs and isinstance(log, str) and log not in logs:
                    yield Fault(
                        (NAME,),
                        f"{NAME} has {log}{{when}}, and {engine} has only {', '.join(logs)}: RDS refuses it.",
                        where,
                    )
