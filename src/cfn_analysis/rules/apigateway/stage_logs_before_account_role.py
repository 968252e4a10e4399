from typing import Any

from cfn_analysis.rules.support.apis import STAGE
from cfn_analysis.rules.support.references import own_id, waits_for
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator, properties_of
from cfn_analysis.rules.support.values import Path, branches, case_of, of_type, place, show, values


class StageLogsBeforeAccountRole(Rule):
    """Stage with logging that does not wait for the account's logging role.

    API Gateway logs with a role that is set once per account and region, by AWS::ApiGateway::Account. Without
    the role it refuses a stage that logs: 'CloudWatch Logs role ARN must be set in account settings to enable
    logging'. CloudFormation creates both at the same time unless the stage refers to the account setting or
    depends on it, so a first deployment fails or succeeds by chance. Add the setting to the stage's
    DependsOn; where it has its own Condition, refer to it in an Fn::If.
    """

    id = "E9520"
    source_url = "https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html#set-up-access-logging-permissions"
    fault_class = "lifecycle"
    looks_at = properties_of(STAGE)

    def faults(self, validator: Validator, stage: Any) -> Faults:
        for account_id, account, _ in of_type(
            validator.cfn.template["Resources"], "AWS::ApiGateway::Account"
        ):
            case = case_of(validator, account)
            waits = waits_for(validator, own_id(validator), account_id)
            logs = _logging(case, stage) if case and not waits else None
            if logs:
                name, value, path = logs
                yield Fault(
                    path,
                    f"{name} is {value}, and the stage does not wait for {account_id}, which sets the role "
                    "that it logs with: API Gateway refuses the stage if it comes first. Add DependsOn: "
                    f"{account_id}, or refer to it by Fn::If if it has a Condition.",
                )


def _logging(case: Validator, stage: Any) -> tuple[str, str, Path] | None:
    """Return property, value and path of the setting that enables logging; None if it is not enabled."""
    for level, where in branches(case, stage, "MethodSettings", "*", "LoggingLevel"):
        for value, _ in values(where, level):
            if value in ("INFO", "ERROR"):
                return "LoggingLevel", show(value), place(where, case)
    for target, where in branches(case, stage, "AccessLogSetting", "DestinationArn"):
        if target is not None:
            return "DestinationArn", show(target), place(where, case)
    return None
