from typing import Any

from cfn_analysis.rules.support.grants import missing
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of


class FlowLogNotAllowed(Rule):
    """Flow log whose role cannot write to its log group.

    A flow log to CloudWatch Logs is written with the role in DeliverLogsPermissionArn. Without
    logs:CreateLogStream and logs:PutLogEvents it is created, its state becomes 'Access error', and the log
    stays empty.
    """

    id = "E9633"
    source_url = "https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html"
    fault_class = "rights"
    looks_at = properties_of("AWS::EC2::FlowLog")

    def faults(self, validator: Validator, properties: Any) -> Faults:
        actions = ("logs:CreateLogStream", "logs:PutLogEvents")
        for role, absent, case in missing(validator, properties.get("DeliverLogsPermissionArn"), actions):
            yield Fault(
                ("DeliverLogsPermissionArn",),
                f"{role} does not allow {' and '.join(absent)}{{when}}: the flow log stays empty. Allow it.",
                case,
            )
