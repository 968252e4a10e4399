"""Effects of a change of a resource on its clients and its data.

The deployed DeletionPolicy, which is the one of the earlier template, applies to a resource that is removed
from the template. The UpdateReplacePolicy applies to a resource that is replaced.
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatereplacepolicy.html
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from cfn_analysis.model.data_files import table
from cfn_analysis.model.references import as_list
from cfn_analysis.model.schemas import known_schema, stateful_types
from cfn_analysis.model.three_valued import NO, YES
from cfn_analysis.model.wiring import Node
from cfn_analysis.reviewing.states import Stacks
from cfn_analysis.updates.cases import ChangedProperties, known_text
from cfn_analysis.updates.effects import is_documented, note_on_change
from cfn_analysis.updates.facts import Note, facts_of
from cfn_analysis.updates.resolved_stack import Resource
from cfn_analysis.updates.resource_changes import ADD, POLICY, REMOVE, REPLACE, UPDATE, ResourceChange

NONE: Final = "none"
SOME: Final = "some"
NOT_KNOWN: Final = "not known"

KEPT: Final = "kept"
SNAPSHOT: Final = "snapshot"
ORPHANED: Final = "orphaned"
LOST: Final = "lost"
DELETE_FAILS: Final = "delete fails"
HARMLESS: Final = "harmless"


def _types(word: str) -> frozenset[str]:
    """Return the types with a word in outcomes.txt."""
    rows = [line.split(": ") for line in table(Path(__file__).with_suffix(".txt"))]
    return frozenset(name for name, words in rows if word in words.split())


# Replaced to publish a new state; no other resource depends on the old one.
PUBLISHED: Final = _types("published")
# Monitor or record, without clients.
_WATCHING: Final = _types("watches")
# In addition to those in cfn-lint.
_HOLDING_DATA: Final = _types("holds-data")
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
_SNAPSHOTS: Final = _types("snapshot")
# With the value true, or ACTIVE for a Cognito user pool.
_PROTECTIONS: Final = "DeleteProtection DeletionProtection DeletionProtectionEnabled DisableApiTermination"


class ResourceOutcome(NamedTuple):
    """A resource that a deploy changes, and the effects on its clients and its data.

    Attributes:
        interruption: ``none``, ``some`` or ``not known``.
        data: the effect on its data, one of the words above.
        notes: side effect of the change -> the changed properties that have it.
    """

    change: ResourceChange
    interruption: str
    data: str
    notes: Mapping[Note, tuple[str, ...]]


def resource_outcomes(changes: Mapping[Node, ResourceChange], stacks: Stacks) -> dict[Node, ResourceOutcome]:
    """Return the outcome of each change in stacks that the deploy contains."""
    outcomes = {}
    for node, change in changes.items():
        if node.stack in stacks:
            interruption = _interruption(change, stacks[node.stack].built.region)
            outcomes[node] = ResourceOutcome(change, interruption, _data(change), _notes(change))
    return outcomes


def _interruption(change: ResourceChange, region: str) -> str:
    """Return whether clients of a resource are interrupted: ``none``, ``some`` or ``not known``."""
    if change.action in (ADD, POLICY):
        return NONE
    notes = _notes(change)
    if any(note.interrupts is YES for note in notes):
        return SOME
    if change.type in _WATCHING | PUBLISHED and change.action != UPDATE:
        return NONE
    if change.action == REPLACE and known_schema(change.type, region).deleted_first:
        return SOME
    if change.action != UPDATE:
        return NOT_KNOWN
    places = [cause.place for cause in change.causes if cause.place]
    if not all(is_documented(change.type, place) for place in places):
        return NOT_KNOWN
    if not all(note.interrupts is NO for note in notes):
        return NOT_KNOWN
    return NONE


def _notes(change: ResourceChange) -> dict[Note, tuple[str, ...]]:
    if change.action == REMOVE:
        note = facts_of(change.type).removal
        if note is None:
            return {}
        return {note: ()}
    if change.action == REPLACE:  # nothing is updated in place
        return {}
    changed = None
    if change.before and change.after:
        changed = ChangedProperties(
            change.before.properties, change.after.properties, change.after.attributes
        )
    notes: dict[Note, tuple[str, ...]] = {}
    for name in change.properties:
        if note := note_on_change(change.type, (name,), changed):
            notes[note] = (*notes.get(note, ()), name)
    return notes


def _data(change: ResourceChange) -> str:
    """Return the effect on the data of a resource, in the words of the report."""
    before = change.before
    if change.action == ADD or before is None:
        return NONE
    holding = holds_data(before)
    if change.action in (UPDATE, POLICY):
        if holding:
            return KEPT
        return NONE
    if change.type in PUBLISHED:
        return HARMLESS
    deciding = before
    if change.action != REMOVE and change.after is not None:
        deciding = change.after
    kept = deciding.retention_policy(deciding_policy(change))
    if kept.startswith("Retain"):
        return ORPHANED
    if kept == "Snapshot" and before.type in _SNAPSHOTS and holding:
        if is_protected(before):
            return DELETE_FAILS
        return SNAPSHOT
    if is_protected(before) or may_refuse_deletion(before):
        return DELETE_FAILS
    if holding:
        return LOST
    return NONE


def deciding_policy(change: ResourceChange) -> str:
    """Return the policy that applies to the old resource."""
    return "DeletionPolicy" if change.action == REMOVE else "UpdateReplacePolicy"


def holds_data(resource: Resource) -> bool:
    """Return whether a resource contains data; for Aurora, the cluster does, not its instances."""
    if resource.type == "AWS::RDS::DBInstance":
        return "DBClusterIdentifier" not in resource.properties
    return resource.type in stateful_types() | _HOLDING_DATA


def is_protected(resource: Resource) -> bool:
    """Return whether deletion protection is enabled."""
    properties = resource.properties
    if resource.type == "AWS::ElasticLoadBalancingV2::LoadBalancer":
        attributes = _mappings(properties.get("LoadBalancerAttributes"))
        protected = (row for row in attributes if row.get("Key") == "deletion_protection.enabled")
        return any(known_text(row, "Value") == "true" for row in protected)
    if resource.type == "AWS::DynamoDB::GlobalTable":
        replicas = _mappings(properties.get("Replicas"))
        return any(known_text(replica, "DeletionProtectionEnabled") == "true" for replica in replicas)
    return any(known_text(properties, name) in ("true", "ACTIVE") for name in _PROTECTIONS.split())


def _mappings(rows: Any) -> list[Mapping[str, Any]]:
    return [row for row in as_list(rows) if isinstance(row, Mapping)]


def may_refuse_deletion(resource: Resource) -> bool:
    """Return whether a resource of the type must be empty to be deleted."""
    if resource.type == "AWS::ECR::Repository":
        return known_text(resource.properties, "EmptyOnDelete") != "true"
    return resource.type in ("AWS::Backup::BackupVault", "AWS::S3::Bucket", "AWS::S3Express::DirectoryBucket")
