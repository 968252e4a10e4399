"""The calls of a command: recorded, answered where moto has no such operation, and made to fail."""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from botocore.exceptions import EndpointConnectionError, ReadTimeoutError
from botocore.validate import ParamValidator

from . import moto_rds
from .stacks import ACCOUNT, AwsError, CloudFormation
from .states_between import StatesBetween

NOT_IN_MOTO: Final = {
    "apigateway FlushStageCache": "moto does not have it",
    "apigateway GetUsage": "moto does not have it",
    "apigateway UpdateUsage": "moto does not have it",
    "lambda DeleteProvisionedConcurrencyConfig": "moto does not have it",
    "lambda GetAccountSettings": "moto does not have it",
    "lambda ListProvisionedConcurrencyConfigs": "moto does not have it",
    "lambda PutProvisionedConcurrencyConfig": "moto does not have it",
    "wafv2 DescribeManagedRuleGroup": "moto does not have it",
    "wafv2 GetRateBasedStatementManagedKeys": "moto does not have it",
    "rds DeleteDBClusterAutomatedBackup": "moto does not have it",
    "rds DescribeDBClusterAutomatedBackups": "moto does not have it",
    "cloudtrail LookupEvents": "moto does not have it",
    "cloudwatch DeleteAlarmMuteRule": "moto does not have it",
    "cloudwatch GetAlarmMuteRule": "moto does not have it",
    "cloudwatch PutAlarmMuteRule": "moto does not have it",
    "sns GetSMSSandboxAccountStatus": "moto does not have it",
    "cloudformation": "moto creates no DBCluster, Alias, UsagePlan or Distribution, and the model is tested "
    "with the templates; its import takes seconds",
}
"""Service or operation that is answered here -> why."""

ANSWERS: Final[Mapping[str, Mapping[str, Any]]] = {
    "sns:GetSMSSandboxAccountStatus": {"IsInSandbox": True},
    "apigateway:GetUsage": {"items": {}},
    "lambda:GetAccountSettings": {"AccountLimit": {"UnreservedConcurrentExecutions": 500}},
    "wafv2:DescribeManagedRuleGroup": {
        "Rules": [{"Name": "NoUserAgent_HEADER"}, {"Name": "SizeRestrictions_BODY"}]
    },
}
"""Call that moto lacks -> its answer at first; without an entry, it is empty."""

ADDED_TO_MOTO: Final = {
    "apigateway:GetRestApi": {"apiStatus": "AVAILABLE"},
}
"""Call -> members that moto leaves out of its answer, and AWS always has."""

# What a fault of one kind looks like.
FAULTS: Final[Mapping[str, Callable[[], Exception]]] = {
    "denied": lambda: AwsError("AccessDeniedException", "User: x is not authorized to perform: y", 403),
    "throttled": lambda: AwsError("ThrottlingException", "Rate exceeded", 400),
    "not found": lambda: AwsError("ResourceNotFoundException", "It does not exist", 404),
    "time-out": lambda: ReadTimeoutError(endpoint_url="https://aws.example.com"),
    "no connection": lambda: EndpointConnectionError(endpoint_url="https://aws.example.com"),
}


class Call(NamedTuple):
    """A call that was made."""

    service: str
    operation: str
    region: str
    parameters: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Service and operation: ``rds:ModifyDBCluster``."""
        return f"{self.service}:{self.operation}"


class _Http(NamedTuple):
    status_code: int


def _require_secret(secret_id: str, region: str) -> None:
    """Answer as AWS does for a secret that does not exist, where moto fails with a KeyError.

    Raises:
        AwsError: it does not exist.
    """
    from moto.secretsmanager.models import secretsmanager_backends

    for secret in secretsmanager_backends[ACCOUNT][region].secrets.values():
        if secret_id in (secret.arn, secret.name):
            return
    raise AwsError("ResourceNotFoundException", "Secrets Manager can't find the specified secret.", 400)


class Recorder:
    """Sees every call of the sessions that it is registered with.

    Attributes:
        made: the calls in their order.
        failing: service and operation, such as ``rds:ModifyDBCluster`` -> the fault of its next call.
        coming: service and operation -> members that replace those of moto's next answers.
        answers: service and operation that moto lacks -> its answer.
        backups: the automated backups of deleted clusters.
        events: those of CloudTrail.
        mute_rules: the mute rules of alarms, by region and name.
        between: the states that follow an operation.
    """

    def __init__(self, stacks: CloudFormation) -> None:
        self.stacks = stacks
        self.made: list[Call] = []
        self.failing: dict[str, BaseException] = {}
        self.coming: dict[str, list[dict[str, Any]]] = {}
        self.answers: dict[str, Mapping[str, Any]] = dict(ANSWERS)
        self.backups: list[dict[str, Any]] = []
        self.events: list[dict[str, Any]] = []
        self.mute_rules: dict[tuple[str, str], dict[str, Any]] = {}
        self.between = StatesBetween()

    def register(self, session: Any) -> None:
        """See the calls of all clients that the session creates later."""
        session.events.register("before-parameter-build", self._remember)
        session.events.register_last("before-call", self._answer)  # after a dry run has kept a call back
        session.events.register("after-call", self._complete)

    def _remember(self, params: Any, context: Any, **_: Any) -> None:
        context["given"] = dict(params)

    def _answer(self, model: Any, context: Any, **_: Any) -> Any:
        service = model.service_model.service_name
        call = Call(service, model.name, context["client_region"], context["given"])
        self.made.append(call)
        try:
            if error := self.failing.pop(call.name, None):
                raise error
            context["begun"] = self.between.before(call.name, call.region, call.parameters)
            if service in NOT_IN_MOTO or f"{service} {model.name}" in NOT_IN_MOTO:
                return _Http(200), {**self._checked(call, model), "ResponseMetadata": {}}
            if call.name == "secretsmanager:ListSecretVersionIds":
                _require_secret(call.parameters["SecretId"], call.region)
        except AwsError as error:
            answer = {"Error": {"Code": error.code, "Message": error.message}, "ResponseMetadata": {}}
            return _Http(error.status), answer
        moto_rds.before(call.operation, call.region, call.parameters)
        return None

    def _complete(
        self, model: Any, parsed: dict[str, Any], http_response: Any, context: Any, **_: Any
    ) -> None:
        """Complete an answer of moto."""
        name = f"{model.service_model.service_name}:{model.name}"
        if http_response.status_code >= 300:
            return
        parsed.update(ADDED_TO_MOTO.get(name, {}))
        if self.coming.get(name):
            parsed.update(self.coming[name].pop(0))
        if "begun" in context:  # it was made, not only printed
            self.between.after(name, context["begun"], context["given"])
        self.between.show(name, context["client_region"], parsed)

    def _checked(self, call: Call, model: Any) -> dict[str, Any]:
        """Return an answer that has the members and types of botocore's model."""
        answer = self._recorded(call)
        if model.output_shape:
            report = ParamValidator().validate(answer, model.output_shape)
            assert not report.has_errors(), f"{call.name}: {report.generate_report()}"
        return answer

    def _recorded(self, call: Call) -> dict[str, Any]:
        if call.service == "cloudformation":
            return self.stacks.answer(call.operation, call.parameters, call.region)
        if call.operation == "DescribeDBClusterAutomatedBackups":
            return {"DBClusterAutomatedBackups": self.backups}
        if call.operation == "DeleteDBClusterAutomatedBackup":
            self._delete_backup(call.parameters["DbClusterResourceId"])
        if call.operation == "LookupEvents":
            return {"Events": self.events}
        if call.operation == "ListProvisionedConcurrencyConfigs":
            return {"ProvisionedConcurrencyConfigs": self._provisioned(call)}
        if call.operation.endswith("AlarmMuteRule"):
            return self._of_mute_rules(call)
        return dict(self.answers.get(call.name, {}))

    def _of_mute_rules(self, call: Call) -> dict[str, Any]:
        """Answer a call about mute rules; one that begins later is SCHEDULED."""
        name = call.parameters.get("Name") or call.parameters["AlarmMuteRuleName"]
        rule = (call.region, name)
        if call.operation == "PutAlarmMuteRule":
            self.mute_rules[rule] = {**call.parameters, "Status": "SCHEDULED"}
            return {}
        if call.operation == "DeleteAlarmMuteRule":
            self.mute_rules.pop(rule, None)
            return {}
        if rule not in self.mute_rules:
            raise AwsError("ResourceNotFoundException", f"{name} does not exist", 404)
        return self.mute_rules[rule]

    def _provisioned(self, call: Call) -> list[dict[str, Any]]:
        environment = self.stacks.environment
        arn = f"arn:aws:lambda:{call.region}:{ACCOUNT}:function:{call.parameters['FunctionName']}"
        return self.between.provisioned_configs(arn, environment.name)

    def _delete_backup(self, resource: str) -> None:
        remaining = [backup for backup in self.backups if backup["DbClusterResourceId"] != resource]
        if remaining == self.backups:
            raise AwsError("DBClusterAutomatedBackupNotFoundFault", f"{resource} not found", 404)
        self.backups[:] = remaining
