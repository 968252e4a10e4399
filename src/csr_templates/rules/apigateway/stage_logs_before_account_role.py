"""E9070: a stage that logs waits for the role that it logs with."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

from cfnlint.jsonschema import ValidationError
from cfnlint.rules.helpers import get_value_from_path
from cfnlint.rules.jsonschema import CfnLintKeyword

from csr_templates.rules.support.apis import STAGE
from csr_templates.rules.support.references import waits_for
from csr_templates.rules.support.values import created, of_type, place, show, values

if TYPE_CHECKING:
    from cfnlint.jsonschema import ValidationResult, Validator


class StageLogsBeforeAccountRole(CfnLintKeyword):
    """A stage with logging waits for the AWS::ApiGateway::Account of the same template."""

    id = "E9070"
    shortdesc = "Stage with logging that does not wait for the account's logging role"
    description = (
        "API Gateway logs with a role that is set once per account and region, by AWS::ApiGateway::Account. "
        "Without the role it refuses a stage that logs: 'CloudWatch Logs role ARN must be set in account "
        "settings to enable logging'. CloudFormation makes both at the same time unless the stage refers to "
        "the account setting or depends on it, so a first deployment fails or succeeds by chance. Add the "
        "setting to the stage's DependsOn; where it has a Condition of its own, refer to it in an Fn::If."
    )
    source_url = (
        "https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html"
        "#set-up-access-logging-permissions"
    )
    tags = ["resources", "apigateway"]  # noqa: RUF012 - the base class declares it like this

    def __init__(self) -> None:
        super().__init__(["Resources"])

    def validate(
        self, validator: Validator, _keywords: Any, resources: Any, _schema: Any
    ) -> ValidationResult:
        """Yield one error per stage."""
        accounts = list(of_type(resources, "AWS::ApiGateway::Account"))
        for stage_id, stage, properties in of_type(resources, STAGE) if accounts else ():
            exists = created(validator, stage)
            if exists is None:
                continue
            for account_id, account, _ in accounts:
                case = created(exists, account)
                logs = (
                    _logging(case, properties)
                    if case is not None and not waits_for(validator, stage_id, account_id)
                    else None
                )
                if logs is not None:
                    name, value, path = logs
                    yield ValidationError(
                        f"{name} is {value}, and the stage does not wait for {account_id}, which sets "
                        "the role that it logs with: API Gateway refuses the stage if it comes first. Add "
                        f"DependsOn: {account_id}, or refer to it by Fn::If if it has a Condition.",
                        path=deque([stage_id, "Properties", *path]),
                        rule=self,
                    )


def _logging(case: Validator, stage: Any) -> tuple[str, str, deque[str | int]] | None:
    """Return what makes the stage log: property, value and place; None if it does not log."""
    for level, where in get_value_from_path(case, stage, deque(["MethodSettings", "*", "LoggingLevel"])):
        for value, _ in values(where, level):
            if value in ("INFO", "ERROR"):
                return "LoggingLevel", show(value), place(where, case)
    for target, where in get_value_from_path(case, stage, deque(["AccessLogSetting", "DestinationArn"])):
        if target is not None:
            return "DestinationArn", show(target), place(where, case)
    return None
