"""Guards that a deploy weakens: deletion protection, backups, logs, alarms, stack policies."""

from collections.abc import Callable, Collection, Iterator, Mapping
from math import nan
from typing import Any, Final

from cfn_analysis.model.intrinsics import is_unknown
from cfn_analysis.model.references import as_list
from cfn_analysis.model.stack_policies import DELETE, MODIFY, REPLACE, denies
from cfn_analysis.model.three_valued import NO
from cfn_analysis.model.wiring import Node
from cfn_analysis.model.wording import beginning
from cfn_analysis.reviewing import sentences
from cfn_analysis.reviewing.changes import EnvironmentChanges
from cfn_analysis.reviewing.findings import Problem, Risk, risk
from cfn_analysis.reviewing.guards.alarms import weaker_alarms
from cfn_analysis.reviewing.kinds import GUARD
from cfn_analysis.reviewing.removals import unguarded
from cfn_analysis.reviewing.values import JUDGES, must_not_decrease, problems, settings, tables, text, words
from cfn_analysis.updates.resolved_stack import ResolvedStack
from cfn_analysis.updates.resource_changes import ADD, REMOVE, ResourceChange

_POLICIES: Final = ("DeletionPolicy", "UpdateReplacePolicy")
# The last two retain the resource; RetainExceptOnCreate deletes it only if its creation fails.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
_KEEPS: Final = {"Delete": 0, "Snapshot": 1, "Retain": 2, "RetainExceptOnCreate": 2}
_LEFT: Final = {"Delete": "it is deleted", "Snapshot": "only a snapshot of it remains"}
_CASES: Final = {
    "DeletionPolicy": "if it is removed from the template, or with its stack",
    "UpdateReplacePolicy": "if an update replaces it",
}


def deleted_after_days(before: Any, after: Any, *, what: str, never: str = "") -> str:
    """Judge the days until deletion; without a number, or with ``never``, nothing is deleted."""
    was, will = (None if text(value) == never else value for value in (before, after))
    if will is None:
        return ""
    if was is None:
        days = words(will)
        period = "1 day" if days == "1" else f"{days} days"
        return f"is set to {days}: {what} are deleted after {period}"
    return must_not_decrease(was, will, effect="records are retained for a shorter time")


SETTINGS: Final = settings(tables(__file__)["settings"], {**JUDGES, "deleted_after_days": deleted_after_days})


def weakened_guards(environment: EnvironmentChanges) -> Iterator[Risk]:
    """Yield each resource, and each stack, whose guard a deploy weakens."""
    changes = {node: changed.change for node, changed in environment.resources.items()}
    gone = {node for node, change in changes.items() if change.action == REMOVE}
    for node, change in changes.items():
        for problem in dict.fromkeys([*_weaker(change, gone), *weaker_alarms(change, gone)]):
            yield risk(GUARD, node, sentences.WEAKENED, paths=problem.paths, problem=problem.text)
    for change, effect in unguarded(environment):
        yield risk(GUARD, change.node, sentences.GUARD_REMOVED, effect=effect)
    for name, after in environment.after.items():
        if name in environment.before:
            yield from _of_stack(environment.before[name], after)
            yield from _rollback_triggers(environment.before[name], after, environment.name)


def _weaker(change: ResourceChange, gone: Collection[Node]) -> Iterator[Problem]:
    before, after = change.before, change.after
    if change.action in (ADD, REMOVE) or before is None or after is None or before.type != after.type:
        return
    of_settings = list(problems(change, SETTINGS, gone))
    yield from of_settings
    yield from _shorter(change.type, before.properties, after.properties)
    if change.type == "AWS::WAFv2::LoggingConfiguration" and not of_settings:
        yield from _filtered(before.properties.get("LoggingFilter"), after.properties.get("LoggingFilter"))
    for key in _POLICIES:
        was, will = before.retention_policy(key), after.retention_policy(key)
        if was == will:
            continue
        if was not in _KEEPS or will not in _KEEPS:
            yield Problem(f"{key} is {words(will)} instead of {words(was)}, which may retain less", (key,))
        elif _KEEPS[will] < _KEEPS[was]:
            yield Problem(f"{key} is {will} instead of {was}: {_LEFT[will]} {_CASES[key]}", (key,))


def _filtered(before: Any, after: Any) -> Iterator[Problem]:
    """Yield a new or changed filter of the logs of a web ACL, whose DefaultBehavior is a setting."""
    if after is None or before == after or _keeps_everything(after):
        return
    how = "new" if before is None else "changed"
    yield Problem(f"LoggingFilter is {how}: this may mean that less is recorded", ("LoggingFilter",))


def _keeps_everything(logging_filter: Any) -> bool:
    """Return whether the filter of the logs of a web ACL drops no request."""
    if not isinstance(logging_filter, Mapping) or is_unknown(logging_filter):
        return False
    filters = as_list(logging_filter.get("Filters"))
    if not all(isinstance(entry, Mapping) for entry in filters):
        return False
    return all(
        part.get("Behavior", part.get("DefaultBehavior")) == "KEEP" for part in (logging_filter, *filters)
    )


def _shorter(type_name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield a period that is shorter, if several properties determine it."""
    if type_name not in _PERIODS:
        return
    name, days, effect = _PERIODS[type_name]
    try:
        was, will = (days(_mapping(side.get(name))) for side in (before, after))
    except ValueError:
        if before.get(name) != after.get(name):
            yield Problem(f"{name} is changed: this may mean that {effect}", (name,))
        return
    if will < was:
        yield Problem(f"{name} has {will:g} days instead of {was:g}: {effect}", (name,))


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
    "AWS::S3::Bucket": ("ObjectLockConfiguration", _lock_days, "new objects are locked for a shorter time"),
    "AWS::DynamoDB::Table": (
        "PointInTimeRecoverySpecification",
        _recovery_days,
        "backups are retained for a shorter time",
    ),
}


def _rollback_triggers(before: ResolvedStack, after: ResolvedStack, environment: str) -> Iterator[Risk]:
    """Yield each alarm that stays, and no longer rolls back an update of its stack."""
    kept = after.built.rollback_triggers.get(environment, ())
    removed = [name for name in before.built.rollback_triggers.get(environment, ()) if name not in kept]
    for logical_id, resource in after.existing():
        if resource.properties.get("AlarmName") in removed:
            subject, paths = Node(after.name, logical_id), ("RollbackTriggers",)
            yield risk(GUARD, subject, sentences.TRIGGER_REMOVED, paths=paths, stack=after.name)


def _of_stack(before: ResolvedStack, after: ResolvedStack) -> Iterator[Risk]:
    subject = Node(after.name, "")
    if before.built.termination_protection and not after.built.termination_protection:
        paths = ("TerminationProtection",)
        yield risk(GUARD, subject, sentences.TERMINATION_UNPROTECTED, paths=paths, stack=after.name)
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
        sentence = sentences.STACK_POLICY_WEAKENED
        yield risk(GUARD, subject, sentence, paths=("StackPolicy",), stack=after.name, resources=resources)
