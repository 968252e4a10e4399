"""Compare a review with a change set of AWS, resource by resource.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeChangeSet.html
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from cfn_analysis.model.escaping import for_terminal
from cfn_analysis.model.wiring import Node
from cfn_analysis.reviewing import outcomes
from cfn_analysis.reviewing.changes import EnvironmentChanges, StackChanges
from cfn_analysis.reviewing.outcomes import ResourceOutcome
from cfn_analysis.reviewing.report import Review
from cfn_analysis.updates.resource_changes import ADD, MAYBE_REPLACE, POLICY, REMOVE, REPLACE, UPDATE

AGREE: Final = "agree"
CHANGE_SET_HAS_MORE: Final = "more in the change set"
REVIEW_HAS_MORE: Final = "more in the review"

NONE: Final = "none"
_STRENGTH: Final = {NONE: 0, POLICY: 1, UPDATE: 2, MAYBE_REPLACE: 3, REPLACE: 4, ADD: 5, REMOVE: 5}
_REPLACEMENTS: Final = {"True": REPLACE, "Conditional": MAYBE_REPLACE, "False": UPDATE}
_ACTIONS: Final = {"Add": ADD, "Import": ADD, "Remove": REMOVE, "Dynamic": MAYBE_REPLACE}
_POLICIES: Final = frozenset({"DeletionPolicy", "UpdateReplacePolicy"})
_SILENT: Final = frozenset({"Metadata", "CreationPolicy", "UpdatePolicy"})
_ENDING: Final = (REPLACE, MAYBE_REPLACE, REMOVE)  # the old resource
_KNOWN_LATER: Final = "KNOWN_AFTER_APPLY"
_SSM: Final = "AWS::SSM::Parameter::Value<"
# Effect on the old resource: end of AWS's PolicyAction -> word of the report.
_DATA: Final[Mapping[str, tuple[str, ...]]] = {
    "Retain": (outcomes.ORPHANED, outcomes.HARMLESS),
    "Snapshot": (outcomes.SNAPSHOT, outcomes.DELETE_FAILS, outcomes.NONE),
    "Delete": (outcomes.LOST, outcomes.NONE, outcomes.DELETE_FAILS, outcomes.HARMLESS),
}

# Known limits of change sets.
_EMPTY_OBJECT: Final = (
    "a change set does not detect that one empty object replaces another, such as Allow: {} and Block: {} "
    "(https://github.com/aws/aws-cdk-cli/pull/1951)"
)
_VALUE_KNOWN_LATER: Final = (
    "AWS treats a value that is known only after the update as changed; it may turn out to be the same "
    "(https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/2113)"
)
SSM_VALUE_NOT_SEEN: Final = (
    "Neither detects a new value of an SSM parameter that a dynamic reference without a version reads: "
    "CloudFormation reads it when it updates the resource for another reason "
    "(https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/844)."
)

_Compared = tuple[EnvironmentChanges, StackChanges]


class ReconcileError(ValueError):
    """The change set cannot be compared; the message states what to do."""


class AwsChange(NamedTuple):
    """The change of a resource in a change set.

    Attributes:
        change: the change, in the words of the report.
        old_one: the effect on the old resource, as AWS names it; empty if AWS does not state it.
        scope: the attributes of the resource that change.
    """

    change: str = NONE
    old_one: str = ""
    scope: frozenset[str] = frozenset()
    details: Sequence[Mapping[str, Any]] = ()


class ChangeSet(NamedTuple):
    """A change set: the name of the deployed stack, and logical ID -> change."""

    stack: str
    changes: Mapping[str, AwsChange]


class Comparison(NamedTuple):
    """The change of a resource in the review and in the change set, and known reasons for a difference."""

    name: str
    ours: str
    theirs: str
    word: str
    notes: tuple[str, ...]


class Reconciliation(NamedTuple):
    """The comparison of each resource of a stack that is in the review or in the change set."""

    environment: str
    stack: str
    comparisons: Sequence[Comparison]

    @property
    def missed(self) -> list[Comparison]:
        """The resources for which the change set contains more than the review."""
        return [comparison for comparison in self.comparisons if comparison.word == CHANGE_SET_HAS_MORE]


def read(data: bytes, file: str) -> ChangeSet:
    """Return the change set from the output of DescribeChangeSet.

    Raises:
        ReconcileError: it is not such an output, only a part of one, or the change set is not complete yet.
    """
    try:
        answer = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise ReconcileError(f"Cannot read {file}: it is not JSON ({error}).") from error
    if not isinstance(answer, dict) or not isinstance(answer.get("StackName"), str):
        raise ReconcileError(
            f"{file} is not the output of DescribeChangeSet: it does not have StackName. Create it with "
            "aws cloudformation describe-change-set --change-set-name ... --output json."
        )
    if answer.get("NextToken"):
        raise ReconcileError(
            f"{file} is only a part of the output: it has NextToken. Remove --max-items and --no-paginate."
        )
    status, reason = answer.get("Status"), str(answer.get("StatusReason", ""))
    nothing = "didn't contain changes" in reason or "No updates are to be performed" in reason
    if status not in (None, "CREATE_COMPLETE") and not nothing:
        todo = "Fix the cause, and create" if status == "FAILED" else "Wait for CREATE_COMPLETE, and describe"
        because = f" ({reason})" if reason else ""
        raise ReconcileError(f"The change set in {file} has the status {status}{because}. {todo} it again.")
    changes = {}
    for change in answer.get("Changes") or []:
        entry = change.get("ResourceChange") if isinstance(change, dict) else None
        if isinstance(entry, dict):  # otherwise a hook, or an addition of a later API version
            name = str(entry.get("LogicalResourceId"))
            changes[name] = _aws_change(name, entry, file)
    return ChangeSet(answer["StackName"], changes)


def reconcile(review: Review, change_set: ChangeSet) -> Reconciliation:
    """Compare a review with a change set."""
    environment, stack = _place(review, change_set.stack)
    ours = {outcome.change.node.name: outcome for outcome in stack.resources}
    comparisons = tuple(
        _comparison(name, ours.get(name), change_set.changes.get(name, AwsChange()), (environment, stack))
        for name in dict.fromkeys([*ours, *change_set.changes])
    )
    return Reconciliation(environment.name, stack.built.name, comparisons)


def as_text(compared: Reconciliation) -> str:
    """Return the comparison as text, differences first."""
    words = (CHANGE_SET_HAS_MORE, REVIEW_HAS_MORE, AGREE)
    counts = Counter(comparison.word for comparison in compared.comparisons)
    numbers = ", ".join(f"{word}: {counts[word]}" for word in words)
    stack_and_environment = (
        f"{compared.stack} in {compared.environment}" if compared.environment else compared.stack
    )
    lines = [f"{stack_and_environment}: {numbers}"]
    for comparison in sorted(compared.comparisons, key=lambda comparison: words.index(comparison.word)):
        both = comparison.ours
        if comparison.word != AGREE:
            both = f"the review has {comparison.ours}, AWS has {comparison.theirs}"
        lines.append(f"  {comparison.word}  {comparison.name}: {both}")
        lines += [f"    {note}" for note in comparison.notes]
    lines += ["", SSM_VALUE_NOT_SEEN]
    return "\n".join(for_terminal(line) for line in lines)


def as_json(compared: Reconciliation) -> str:
    """Return the comparison as JSON."""
    document = {
        "formatVersion": 1,
        "environment": compared.environment,
        "stack": compared.stack,
        "resources": [
            {
                "logicalId": comparison.name,
                "ours": comparison.ours,
                "aws": comparison.theirs,
                "verdict": comparison.word,
                "notes": list(comparison.notes),
            }
            for comparison in compared.comparisons
        ],
    }
    return json.dumps(document, indent=2)


def _aws_change(name: str, entry: Mapping[str, Any], file: str) -> AwsChange:
    action = str(entry.get("Action"))
    scope = frozenset(str(attribute) for attribute in entry.get("Scope") or ())
    change = _ACTIONS.get(action)
    if action == "Modify":
        change = _REPLACEMENTS.get(str(entry.get("Replacement", "False")))
        if change == UPDATE and scope and scope <= _POLICIES:
            change = POLICY
        elif change == UPDATE and scope and scope <= _SILENT:
            change = NONE
    if change is None:
        raise ReconcileError(
            f"{file}: The change of {name} has Action {action} and Replacement {entry.get('Replacement')}, "
            "which is not supported."
        )
    old_one = str(entry.get("PolicyAction") or "").removeprefix("ReplaceAnd")
    return AwsChange(change, old_one, scope, entry.get("Details") or ())


def _place(review: Review, name: str) -> _Compared:
    places: list[_Compared] = []
    for environment in review.environments:
        places += [(environment, stack) for stack in environment.stacks]
    names = [environment.after[stack.built.name].deployed_name for environment, stack in places]
    if name in names:
        return places[names.index(name)]
    if len(places) == 1 and not places[0][0].name:  # a single template does not have the name of a stack
        return places[0]
    raise ReconcileError(
        f"The stack {name} of the change set is not in the review. Use a change set of "
        f"one of these stacks: {', '.join(str(deployed_name) for deployed_name in names)}."
    )


def _comparison(name: str, ours: ResourceOutcome | None, theirs: AwsChange, place: _Compared) -> Comparison:
    our_word = ours.change.action if ours else NONE
    if our_word == UPDATE and theirs.change == NONE and "Metadata" in theirs.scope:  # that cfn-init reads
        theirs = theirs._replace(change=UPDATE)
    environment, stack = place
    word = AGREE
    notes: tuple[str, ...] = ()
    if _STRENGTH[theirs.change] > _STRENGTH[our_word]:
        word, notes = CHANGE_SET_HAS_MORE, tuple(_why_more(theirs, stack))
    elif ours and _STRENGTH[theirs.change] < _STRENGTH[our_word]:
        word, notes = REVIEW_HAS_MORE, tuple(_why_silent(ours, theirs.change, environment))
    elif ours and our_word in _ENDING and ours.data not in _DATA.get(theirs.old_one, (ours.data,)):
        word = CHANGE_SET_HAS_MORE
        notes = (f"for the old one, AWS has {theirs.old_one}, the review has: {ours.data}",)
    return Comparison(name, our_word, theirs.change, word, notes)


def _why_more(theirs: AwsChange, stack: StackChanges) -> Iterator[str]:
    """Yield known reasons why the change set contains more."""
    entities = {
        str(detail.get("CausingEntity"))
        for detail in theirs.details
        if detail.get("ChangeSource") == "ParameterReference"
    }
    for name in sorted(entities & set(stack.built.per_deploy)):
        yield f"the parameter {name} is per-deploy, so its value is not in the files"
    for name in sorted(entities & set(stack.built.parameters)):
        if str(stack.built.parameters[name].get("Type")).startswith(_SSM):
            yield f"the value of the SSM parameter that {name} names is not in the files"
    if theirs.scope == {"Tags"}:
        yield "only tags change, perhaps those of the stack, which are not in the template"
    if theirs.details and all(_is_known_later(detail) for detail in theirs.details):
        yield _VALUE_KNOWN_LATER


def _is_known_later(detail: Mapping[str, Any]) -> bool:
    target = detail.get("Target") or {}
    return _KNOWN_LATER in str(target.get("AfterValue")) or (
        detail.get("Evaluation") == "Dynamic" and detail.get("ChangeSource") != "DirectModification"
    )


def _why_silent(outcome: ResourceOutcome, theirs: str, environment: EnvironmentChanges) -> Iterator[str]:
    """Yield known reasons why the change set contains less."""
    ours = outcome.change
    if ours.action == MAYBE_REPLACE and theirs == UPDATE:
        yield "AWS compared it with the deployed stack: it is not replaced"
    elif theirs == MAYBE_REPLACE:
        yield "AWS decides when the update comes to the resource, from values that are known only then"
    if ours.type.startswith("AWS::WAFv2::") and any(
        {} in (cause.before, cause.after) for cause in ours.causes
    ):
        yield _EMPTY_OBJECT
    follows = [cause.follows.stack for cause in ours.causes if cause.follows is not None]
    other_stacks = dict.fromkeys(stack for stack in follows if stack != ours.node.stack)
    for stack in other_stacks:
        yield f"it follows from {stack}; a change set evaluates only its own stack"
    if not other_stacks and _reads_changed_output(environment, ours.node):
        yield "it follows from another stack, whose change is not deployed yet"
    if ours.may_not_happen:
        yield "a condition of the template is not known from the files"


def _reads_changed_output(environment: EnvironmentChanges, node: Node) -> bool:
    """Return whether a resource reads a changed output of another stack."""
    readers = environment.after[node.stack].readers
    for stack in environment.stacks:
        for output in stack.outputs:
            if node.name in readers.get(Node(stack.built.name, output.key), ()):
                return True
    return False
