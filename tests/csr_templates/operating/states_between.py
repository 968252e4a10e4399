"""What services do after they have answered: one table of states, which a clock plays over moto.

moto changes everything at once. A row of the table says which states follow an operation, how long each
lasts, and what the read operations return meanwhile. It is a model of what the sources say; a row with
``NOT_DOCUMENTED`` in its source was not measured either. Everything else stays moto's.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import inf
from typing import Any, Final, NamedTuple

from . import sessions
from .stacks import AwsError

NOT_DOCUMENTED: Final = "not documented"
SPREADING: Final = "spreading"
"""A state that no operation shows."""

Answer = dict[str, Any]
Parameters = Mapping[str, Any]


class Clock:
    """The time of the commands. Only their waits move it.

    Attributes:
        seconds: since the first command.
    """

    def __init__(self) -> None:
        self.seconds = 0.0
        self.restart()

    def restart(self) -> None:
        """Begin a command: what was created before it is in the past."""
        self._base = datetime.now(UTC)

    def now(self) -> datetime:
        """Return the time."""
        return self._base + timedelta(seconds=self.seconds)

    def sleep(self, seconds: float) -> None:
        """Let the time pass."""
        self.seconds += seconds


@dataclass
class Begun:
    """An operation whose states are played.

    Attributes:
        row: of the table.
        region: where.
        parameters: of the call.
        before: what the row has read before the call.
        at: seconds of the clock.
    """

    row: "Row"
    region: str
    parameters: Parameters
    before: Any
    at: float

    def state(self, now: float) -> str:
        """Return the state at a time of the clock."""
        remaining = now - self.at
        for name, seconds in self.row.states:
            if remaining < seconds:
                return name
            remaining -= seconds
        return ""


Show = Callable[[Answer, Begun, str], None]
"""Changes what a read operation answers in a state."""


class Row(NamedTuple):
    """What follows an operation.

    Attributes:
        operation: service and operation.
        states: pairs of name and seconds; after the last one, moto's answers are shown as they are.
        reads: read operation -> what it shows meanwhile. Without one, no operation shows it.
        source: where this is said.
        begins: whether a call with these parameters has this effect.
        before: reads what is there before the call.
        ended_by: operations that end it at once.
    """

    operation: str
    states: Sequence[tuple[str, float]]
    reads: Mapping[str, Show]
    source: str
    begins: "Callable[[StatesBetween, Parameters], bool]" = lambda states, parameters: True
    before: Callable[[str, Parameters], Any] = lambda region, parameters: None
    ended_by: Sequence[str] = ()

    @property
    def service(self) -> str:
        """The service."""
        return self.operation.partition(":")[0]


# ---- Lambda ----


def _alias_before(region: str, parameters: Parameters) -> str:
    alias = sessions.client("lambda", region).get_alias(
        FunctionName=parameters["FunctionName"], Name=parameters["Name"]
    )
    return str(alias["FunctionVersion"])


def _keep_old_version(answer: Answer, begun: Begun, state: str) -> None:
    if begun.before != answer["FunctionVersion"]:
        answer["RoutingConfig"] = {"AdditionalVersionWeights": {begun.before: 1.0}}


def _keep_old_version_in_list(answer: Answer, begun: Begun, state: str) -> None:
    for alias in answer["Aliases"]:
        if alias["Name"] == begun.parameters["Name"]:
            _keep_old_version(alias, begun, state)


def _provision(answer: Answer, begun: Begun, state: str) -> None:
    """Show what is allocated: nothing, half of it in the second state, and why it failed."""
    for config in answer["ProvisionedConcurrencyConfigs"]:
        requested = config["RequestedProvisionedConcurrentExecutions"]
        allocated = requested // 2 if state == "half" else 0
        config["Status"] = "IN_PROGRESS"
        config["AllocatedProvisionedConcurrentExecutions"] = allocated
        config["AvailableProvisionedConcurrentExecutions"] = allocated
        if state == "FAILED":
            config["Status"] = "FAILED"
            config["StatusReason"] = PROVISIONING_REASON


PROVISIONING_REASON: Final = "FUNCTION_ERROR_INIT_FAILURE"
_WEIGHTS: Final = (
    "https://github.com/hashicorp/terraform-provider-aws/pull/48116 (the weights, {old: 1}); "
    "https://github.com/hashicorp/terraform-provider-aws/issues/13329 (240 s were enough for 10)"
)
_PROVISIONING: Final = (
    "https://docs.aws.amazon.com/lambda/latest/api/API_ProvisionedConcurrencyConfigListItem.html; "
    "https://docs.aws.amazon.com/lambda/latest/dg/provisioned-concurrency.html (begins after a minute or two)"
)


def _is_provisioned(states: "StatesBetween", parameters: Parameters) -> bool:
    return states.provisioned > 0


_ALIAS_READS: Final[Mapping[str, Show]] = {
    "lambda:GetAlias": _keep_old_version,
    "lambda:ListAliases": _keep_old_version_in_list,
    "lambda:ListProvisionedConcurrencyConfigs": _provision,
}
_PROVISIONING_READS: Final[Mapping[str, Show]] = {"lambda:ListProvisionedConcurrencyConfigs": _provision}

# ---- RDS ----


def _writer_before(region: str, parameters: Parameters) -> str:
    answer = sessions.client("rds", region).describe_db_clusters(
        DBClusterIdentifier=parameters["DBClusterIdentifier"]
    )
    for member in answer["DBClusters"][0]["DBClusterMembers"]:
        if member["IsClusterWriter"]:
            return str(member["DBInstanceIdentifier"])
    return ""


def _clusters(answer: Answer, begun: Begun) -> Sequence[Answer]:
    identifier = begun.parameters["DBClusterIdentifier"]
    return [cluster for cluster in answer["DBClusters"] if cluster["DBClusterIdentifier"] == identifier]


def _keep_writer(answer: Answer, begun: Begun, state: str) -> None:
    for cluster in _clusters(answer, begun):
        cluster["Status"] = state
        for member in cluster["DBClusterMembers"]:
            member["IsClusterWriter"] = member["DBInstanceIdentifier"] == begun.before


def _show_cluster_status(answer: Answer, begun: Begun, state: str) -> None:
    for cluster in _clusters(answer, begun):
        cluster["Status"] = state
        cluster["PendingModifiedValues"] = {"MasterUserPassword": "****"}


def _has_password(states: "StatesBetween", parameters: Parameters) -> bool:
    return "MasterUserPassword" in parameters


def _instances(answer: Answer, begun: Begun) -> Sequence[Answer]:
    identifier = begun.parameters["DBInstanceIdentifier"]
    return [instance for instance in answer["DBInstances"] if instance["DBInstanceIdentifier"] == identifier]


def _show_parameters(answer: Answer, begun: Begun, state: str) -> None:
    for instance in _instances(answer, begun):
        for group in instance["DBParameterGroups"]:
            group["ParameterApplyStatus"] = state


def _show_instance_status(answer: Answer, begun: Begun, state: str) -> None:
    for instance in _instances(answer, begun):
        instance["DBInstanceStatus"] = state


_RDS_STATUSES: Final = (
    "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/accessing-monitoring.html (the statuses); "
)

# ---- CloudFront, CloudFormation ----


def _show_invalidation(answer: Answer, begun: Begun, state: str) -> None:
    answer["Invalidation"]["Status"] = state


def _show_invalidations(answer: Answer, begun: Begun, state: str) -> None:
    for invalidation in answer["InvalidationList"].get("Items", [])[:1]:
        invalidation["Status"] = state


def _show_detection(answer: Answer, begun: Begun, state: str) -> None:
    answer["DetectionStatus"] = state
    answer["DetectionStatusReason"] = ""


ROWS: Final[Mapping[str, Row]] = {
    "alias": Row(
        "lambda:UpdateAlias",
        (("preparing", 120), ("half", 60)),
        _ALIAS_READS,
        _WEIGHTS,
        _is_provisioned,
        _alias_before,
    ),
    "alias fails": Row(
        "lambda:UpdateAlias",
        (("preparing", 120), ("FAILED", inf)),
        _ALIAS_READS,
        f"{_PROVISIONING}; that the weight of the old version then stays: {NOT_DOCUMENTED}",
        _is_provisioned,
        _alias_before,
        ("lambda:DeleteProvisionedConcurrencyConfig",),
    ),
    "provisioning": Row(
        "lambda:PutProvisionedConcurrencyConfig",
        (("preparing", 120), ("half", 60)),
        _PROVISIONING_READS,
        _PROVISIONING,
        ended_by=("lambda:DeleteProvisionedConcurrencyConfig",),
    ),
    "provisioning fails": Row(
        "lambda:PutProvisionedConcurrencyConfig",
        (("preparing", 120), ("FAILED", inf)),
        _PROVISIONING_READS,
        _PROVISIONING,
        ended_by=("lambda:DeleteProvisionedConcurrencyConfig",),
    ),
    "concurrency": Row(
        "lambda:PutFunctionConcurrency",
        (),
        {},
        "https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html (at once, or refused)",
    ),
    "failover": Row(
        "rds:FailoverDBCluster",
        (("available", 10), ("failing-over", 60)),
        {"rds:DescribeDBClusters": _keep_writer},
        f"{_RDS_STATUSES}https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/"
        f"Concepts.AuroraHighAvailability.html (60 to 120 s); first available: {NOT_DOCUMENTED}",
        before=_writer_before,
    ),
    "slow failover": Row(
        "rds:FailoverDBCluster",
        (("available", 20), ("failing-over", 130)),
        {"rds:DescribeDBClusters": _keep_writer},
        f"a reader that is behind takes longer: {NOT_DOCUMENTED}",
        before=_writer_before,
    ),
    "failover to the old writer": Row(
        "rds:FailoverDBCluster",
        (("available", 10), ("failing-over", 60), ("available", inf)),
        {"rds:DescribeDBClusters": _keep_writer},
        NOT_DOCUMENTED,
        before=_writer_before,
    ),
    "password": Row(
        "rds:ModifyDBCluster",
        (("available", 10), ("resetting-master-credentials", 180)),
        {"rds:DescribeDBClusters": _show_cluster_status},
        f"{_RDS_STATUSES}that the old password works until then: {NOT_DOCUMENTED}",
        _has_password,
    ),
    "endless password": Row(
        "rds:ModifyDBCluster",
        (("available", 10), ("resetting-master-credentials", inf)),
        {"rds:DescribeDBClusters": _show_cluster_status},
        NOT_DOCUMENTED,
        _has_password,
    ),
    "static parameter": Row(
        "rds:ModifyDBInstance",
        (("applying", 30), ("pending-reboot", inf)),
        {"rds:DescribeDBInstances": _show_parameters},
        "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBParameterGroupStatus.html",
        ended_by=("rds:RebootDBInstance",),
    ),
    "restart": Row(
        "rds:RebootDBInstance",
        (("available", 10), ("rebooting", 60)),
        {"rds:DescribeDBInstances": _show_instance_status},
        f"{_RDS_STATUSES}seconds: {NOT_DOCUMENTED}",
    ),
    "web ACL": Row(
        "wafv2:UpdateWebACL",
        ((SPREADING, 120),),
        {},
        "https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-editing.html (seconds to minutes)",
    ),
    "address set": Row(
        "wafv2:UpdateIPSet",
        ((SPREADING, 120),),
        {},
        "https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-editing.html (seconds to minutes)",
    ),
    "invalidation": Row(
        "cloudfront:CreateInvalidation",
        (("InProgress", 120),),
        {
            "cloudfront:GetInvalidation": _show_invalidation,
            "cloudfront:ListInvalidations": _show_invalidations,
        },
        "https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_Invalidation.html; seconds: "
        f"{NOT_DOCUMENTED}",
    ),
    "stage": Row("apigateway:UpdateStage", ((SPREADING, 10),), {}, NOT_DOCUMENTED),
    "flush": Row("apigateway:FlushStageCache", ((SPREADING, 10),), {}, NOT_DOCUMENTED),
    "drift": Row(
        "cloudformation:DetectStackDrift",
        (("DETECTION_IN_PROGRESS", 120),),
        {"cloudformation:DescribeStackDriftDetectionStatus": _show_detection},
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/"
        "API_DescribeStackDriftDetectionStatus.html (may take several minutes)",
    ),
    "drift fails": Row(
        "cloudformation:DetectStackDrift",
        (("DETECTION_IN_PROGRESS", 120), ("DETECTION_FAILED", inf)),
        {"cloudformation:DescribeStackDriftDetectionStatus": _show_detection},
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/"
        "API_DescribeStackDriftDetectionStatus.html",
    ),
}
"""Name -> what follows an operation. Names that differ only in the end are of the same operation."""

USUAL: Final = (
    "alias", "provisioning", "concurrency", "failover", "password", "static parameter", "restart", "web ACL",
    "address set", "invalidation", "stage", "flush", "drift",
)  # fmt: skip
"""The rows of the usual ends: one for each operation."""


@dataclass
class StatesBetween:
    """Plays the rows that a test has chosen, and holds what moto lacks of them.

    Attributes:
        clock: the time.
        provisioned: requested provisioned concurrency of the alias; 0 without any.
        rows: operation -> what follows it.
    """

    clock: Clock = field(default_factory=Clock)
    provisioned: int = 0
    rows: dict[str, Row] = field(default_factory=dict)
    _begun: list[Begun] = field(default_factory=list)

    def play(self, *names: str) -> None:
        """Play rows of the table from now on, one for an operation."""
        for name in names:
            self.rows[ROWS[name].operation] = ROWS[name]

    def reset(self) -> None:
        """Forget what has begun, not what is played."""
        self.provisioned = 0
        self._begun.clear()

    def before(self, operation: str, region: str, parameters: Parameters) -> Begun | None:
        """Return what begins with a call, if AWS accepts it.

        Raises:
            AwsError: AWS refuses it.
        """
        self._require_no_weights(operation)
        row = self.rows.get(operation)
        if row is None or not row.begins(self, parameters):
            return None
        return Begun(row, region, parameters, row.before(region, parameters), self.clock.seconds)

    def after(self, operation: str, begun: Begun | None, parameters: Parameters) -> None:
        """Begin what follows a call that AWS has carried out; it ends what another call had begun."""
        if operation == "lambda:PutProvisionedConcurrencyConfig":
            self.provisioned = parameters["ProvisionedConcurrentExecutions"]
        if operation == "lambda:DeleteProvisionedConcurrencyConfig":
            self.provisioned = 0
        if begun is None and operation != "lambda:UpdateAlias" and not self._ends(operation):
            return
        self._begun = [
            other
            for other in self._begun
            if other.row.operation != operation and operation not in other.row.ended_by
        ]
        if begun:
            begun.at = self.clock.seconds
            self._begun.append(begun)

    def show(self, operation: str, region: str, answer: Answer) -> None:
        """Change what a read operation answers to what is there now."""
        for begun in self._begun:
            state = begun.state(self.clock.seconds)
            show = begun.row.reads.get(operation)
            if state and show and begun.region == region:
                show(answer, begun, state)

    def provisioned_configs(self, function: str, alias: str) -> list[Answer]:
        """Return the provisioned concurrency of the alias, ready; moto does not have it."""
        if not self.provisioned:
            return []
        return [
            {
                "FunctionArn": f"{function}:{alias}",
                "RequestedProvisionedConcurrentExecutions": self.provisioned,
                "AllocatedProvisionedConcurrentExecutions": self.provisioned,
                "AvailableProvisionedConcurrentExecutions": self.provisioned,
                "Status": "READY",
            }
        ]

    def _ends(self, operation: str) -> bool:
        return any(operation in begun.row.ended_by for begun in self._begun)

    def _require_no_weights(self, operation: str) -> None:
        """Refuse provisioned concurrency while the alias has weights.

        https://github.com/hashicorp/terraform/issues/24957
        """
        if operation != "lambda:PutProvisionedConcurrencyConfig":
            return
        for begun in self._begun:
            if begun.row.operation == "lambda:UpdateAlias" and begun.state(self.clock.seconds):
                raise AwsError(
                    "InvalidParameterValueException",
                    "Alias with weights can not be used with Provisioned Concurrency",
                )
