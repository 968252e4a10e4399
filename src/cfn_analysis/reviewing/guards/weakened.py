"""Guards that a deploy weakens: deletion protection, backups, logs, alarms, stack policies."""

from collections.abc import Callable, Collection, Iterator, Mapping
from math import nan
from typing import Any, Final

from cfn_analysis.model.intrinsics import is_unknown
from cfn_analysis.model.stack_policies import DELETE, MODIFY, REPLACE, denies
from cfn_analysis.model.three_valued import NO
from cfn_analysis.model.wiring import Node
from cfn_analysis.model.wording import beginning
from cfn_analysis.reviewing import sentences
from cfn_analysis.reviewing.changes import EnvironmentChanges
from cfn_analysis.reviewing.findings import Risk, risk
from cfn_analysis.reviewing.guards.alarms import deaf
from cfn_analysis.reviewing.kinds import GUARD
from cfn_analysis.reviewing.removals import ASSOCIATION, unguarded
from cfn_analysis.reviewing.values import (
    Setting,
    in_order,
    must_not_be,
    must_not_be_removed,
    must_not_decrease,
    problems,
    text,
    words,
)
from cfn_analysis.updates.resolved_stack import ResolvedStack
from cfn_analysis.updates.resource_changes import ADD, REMOVE, ResourceChange, retention_policy

_DELETABLE: Final = "it can be deleted"
_BACKUPS: Final = "backups are retained for a shorter time"
_NO_BACKUPS: Final = "backups of this kind are no longer created"
_LOGS: Final = "records are retained for a shorter time"
_UNRECORDED: Final = "less is recorded"
_QUIET: Final = "fewer recipients, or none, are notified"
_NO_REQUESTS: Final = "requests are no longer recorded"
_NO_VERSIONS: Final = "overwritten and deleted objects are not retained"
_UNLOCKED: Final = "users with a permission can delete locked objects"
_BUCKET: Final = "AWS::S3::Bucket"

_POLICIES: Final = ("DeletionPolicy", "UpdateReplacePolicy")
# The last two retain the resource; RetainExceptOnCreate deletes it only if its creation fails.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
_KEEPS: Final = {"Delete": 0, "Snapshot": 1, "Retain": 2, "RetainExceptOnCreate": 2}


def _deleted_after_days(what: str) -> Callable[[Any, Any], str]:
    """Return a judge for the days until deletion; without a number, nothing is deleted."""

    def judge(before: Any, after: Any) -> str:
        if before is None and after is not None:
            days = words(after)
            return f"is set to {days}: {what} are deleted after {days} day{'s' if days != '1' else ''}"
        return must_not_decrease(_LOGS)(before, after)

    return judge


# The first match applies. Defaults: the page of each type in the template reference.
SETTINGS: Final = (
    Setting(
        "",
        "DeletionProtection DeletionProtectionEnabled DeleteProtection DisableApiTermination "
        "LoadBalancerAttributes[deletion_protection.enabled].Value",
        must_not_be("false", _DELETABLE, "false", "INACTIVE"),
    ),
    Setting("::DBCluster", "BackupRetentionPeriod", must_not_decrease(_BACKUPS, 1)),
    Setting("::DBInstance", "BackupRetentionPeriod", must_not_decrease(_BACKUPS, 1)),
    Setting("", "SnapshotRetentionLimit", must_not_decrease(_BACKUPS, 0)),
    Setting("", "AutomatedSnapshotRetentionPeriod", must_not_decrease(_BACKUPS, 1)),
    Setting("", "DeleteAutomatedBackups", must_not_be("true", "its backups are deleted with it", "true")),
    Setting("", "PointInTimeRecoveryEnabled", must_not_be("false", _NO_BACKUPS, "false")),
    Setting(_BUCKET, "VersioningConfiguration.Status", must_not_be("Suspended", _NO_VERSIONS, "Suspended")),
    Setting(_BUCKET, "ExpirationInDays", _deleted_after_days("objects")),
    Setting(
        _BUCKET,
        "NoncurrentDays NoncurrentVersionExpirationInDays",
        _deleted_after_days("noncurrent versions of objects"),
    ),
    Setting("AWS::Logs::LogGroup", "RetentionInDays", _deleted_after_days("log events")),
    Setting("AWS::CloudTrail::EventDataStore", "RetentionPeriod", must_not_decrease(_LOGS)),
    Setting("AWS::Kinesis::Stream", "RetentionPeriodHours", must_not_decrease(_LOGS, 24)),
    Setting("AWS::Backup::", "MinRetentionDays", must_not_decrease("backups can be deleted earlier", 0)),
    Setting(_BUCKET, "DefaultRetention.Mode", in_order("COMPLIANCE GOVERNANCE", _UNLOCKED, unknown=False)),
    Setting(
        "", "EnableCloudwatchLogsExports[] EnableCloudwatchLogsExports", must_not_be_removed(_UNRECORDED)
    ),
    Setting("AWS::EC2::FlowLog", "TrafficType", in_order("ALL ACCEPT=REJECT", _UNRECORDED, "ALL")),
    Setting(
        "AWS::ApiGateway",
        "AccessLogSetting.DestinationArn AccessLogSettings.DestinationArn",
        must_not_be_removed(_NO_REQUESTS),
    ),
    Setting("AWS::ApiGateway::Stage", "LoggingLevel", in_order("INFO ERROR OFF", _UNRECORDED, "OFF")),
    Setting(
        "",
        "MetricsEnabled CloudWatchMetricsEnabled",
        must_not_be("false", "its metrics are missing, and alarms on them do not work", "false"),
        of_items=False,
    ),
    Setting(
        "AWS::WAFv2::LoggingConfiguration", "DefaultBehavior", in_order("KEEP DROP", _UNRECORDED, "KEEP")
    ),
    Setting(
        "AWS::CloudTrail::Trail",
        "IsLogging IsMultiRegionTrail IncludeGlobalServiceEvents EnableLogFileValidation",
        must_not_be("false", _UNRECORDED, "false"),
    ),
    Setting("AWS::CloudFront::Distribution", "Logging.Bucket", must_not_be_removed(_NO_REQUESTS)),
    Setting(
        _BUCKET,
        "LoggingConfiguration.DestinationBucketName LoggingConfiguration.LogFilePrefix",
        must_not_be_removed(_NO_REQUESTS),
    ),
    Setting(
        "", "LoadBalancerAttributes[access_logs.s3.enabled].Value", must_not_be("false", _UNRECORDED, "false")
    ),
    Setting("AWS::RDS::EventSubscription", "EventCategories[] SourceIds[]", must_not_be_removed(_QUIET)),
    Setting(
        "AWS::GuardDuty::Detector", "Enable", must_not_be("false", "threats are no longer detected", "true")
    ),
)


def weakened_guards(environment: EnvironmentChanges) -> Iterator[Risk]:
    """Yield each resource, and each stack, whose guard a deploy weakens."""
    changes = {node: changed.change for node, changed in environment.resources.items()}
    gone = {node for node, change in changes.items() if change.action == REMOVE}
    for node, change in changes.items():
        parts = dict.fromkeys([*_weaker(change, gone), *deaf(change, gone)])
        if parts:
            yield risk(GUARD, node, sentences.WEAKENED, problems=tuple(parts))
    for change, effect in unguarded(environment):
        if change.type != ASSOCIATION:
            yield risk(GUARD, change.node, sentences.GUARD_REMOVED, effect=effect)
    for name, after in environment.after.items():
        if name in environment.before:
            yield from _of_stack(environment.before[name], after)


def _weaker(change: ResourceChange, gone: Collection[Node]) -> Iterator[str]:
    before, after = change.before, change.after
    if change.action in (ADD, REMOVE) or before is None or after is None or before.type != after.type:
        return
    found = list(problems(change, SETTINGS, gone))
    yield from found
    yield from _shorter(change.type, before.properties, after.properties)
    if change.type == "AWS::WAFv2::LoggingConfiguration":
        old, new = (side.properties.get("LoggingFilter") for side in (before, after))
        if old != new and new is not None and not found:  # otherwise its DefaultBehavior is reported
            yield f"LoggingFilter is {'new' if old is None else 'changed'}: this may mean that {_UNRECORDED}"
    for key in _POLICIES:
        was, will = retention_policy(before, key), retention_policy(after, key)
        if was == will:
            continue
        if was not in _KEEPS or will not in _KEEPS:
            yield f"{key} is {words(will)} instead of {words(was)}, which may retain less"
        elif _KEEPS[will] < _KEEPS[was]:
            yield f"{key} is {will} instead of {was}"


def _shorter(type_name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    """Yield a period that is shorter, if several properties determine it."""
    if type_name not in _PERIODS:
        return
    name, days, effect = _PERIODS[type_name]
    try:
        was, will = (days(_mapping(side.get(name))) for side in (before, after))
    except ValueError:
        if before.get(name) != after.get(name):
            yield f"{name} is changed: this may mean that {effect}"
        return
    if will < was:
        yield f"{name} has {will:g} days instead of {was:g}: {effect}"


def _mapping(value: Any) -> Mapping[str, Any]:
    """Return a mapping; raise ValueError if it is known only in the deployed stack."""
    if is_unknown(value):
        raise ValueError(value)
    return value if isinstance(value, Mapping) else {}


def _lock_days(lock: Mapping[str, Any]) -> float:
    """Return for how many days Object Lock locks a new object of a bucket."""
    retention = _mapping(_mapping(lock.get("Rule")).get("DefaultRetention"))
    return float(text(retention.get("Days", 0))) + 365 * float(text(retention.get("Years", 0)))


def _recovery_days(recovery: Mapping[str, Any]) -> float:
    """Return how far back a table can be restored; if recovery is disabled, a setting above says so."""
    if text(recovery.get("PointInTimeRecoveryEnabled", False)).lower() != "true":
        return nan
    return float(text(recovery.get("RecoveryPeriodInDays", 35)))


# Type -> property, its days, and the effect of fewer days.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PointInTimeRecoverySpecification.html
_PERIODS: Final[Mapping[str, tuple[str, Callable[[Mapping[str, Any]], float], str]]] = {
    _BUCKET: ("ObjectLockConfiguration", _lock_days, "new objects are locked for a shorter time"),
    "AWS::DynamoDB::Table": ("PointInTimeRecoverySpecification", _recovery_days, _BACKUPS),
}


def _of_stack(before: ResolvedStack, after: ResolvedStack) -> Iterator[Risk]:
    subject = Node(after.name, "")
    if before.built.termination_protection and not after.built.termination_protection:
        yield risk(GUARD, subject, sentences.TERMINATION_UNPROTECTED, stack=after.name)
    old, new = (side.built.policies.stack for side in (before, after))
    if old == new:
        return
    allowed: dict[str, list[str]] = {}
    for name, resource in after.existing():
        was = before.resources.get(name)
        if was is None or was.exists is NO:
            continue
        for action in (MODIFY, REPLACE, DELETE):
            if denies(old, action, name, was.type) and not denies(new, action, name, resource.type):
                allowed.setdefault(name, []).append(action)
    if allowed:
        resources = beginning([f"{name} ({', '.join(actions)})" for name, actions in allowed.items()], 6)
        yield risk(GUARD, subject, sentences.STACK_POLICY_WEAKENED, stack=after.name, resources=resources)
