"""The sentences about risks, with fields for their data: the only place that writes them in English.

``{name}`` is the logical ID of the resource or the key of the output. A sentence with ``{each}`` or ``{all}``
instead is written once for several resources, as "Each" or as their names. All other fields are the detail of
the risk. A list is written as "a, b and c", or with the separator after the colon: ``{order:, then }``. Other
words after a colon are a choice: ``{certain:fails|may fail}`` by a truth value, ``{readers:has|have}`` by
whether a list has one item, ``{new:becomes {new}||is removed}`` by whether there is a value.
``{action:in words}`` is looked up in ``WORDS``.
"""

from collections.abc import Mapping
from typing import Final

WORDS: Final[Mapping[str, str]] = {
    "Update:Modify": "change",
    "Update:Replace": "replace",
    "Update:Delete": "delete",
    "add": "is new",
    "update": "changes",
    "remove": "is removed from the template",
    "maybe-remove": "may be removed from the stack (its condition is not known)",
    "replace": "is replaced",
    "maybe-replace": "may be replaced",
    "orphaned": "the old one remains in the account, outside of the stack",
    "snapshot": "the old one is deleted after a snapshot",
    "lost": "the old one is deleted with its data",
    "delete fails": "the deletion of the old one fails",
    "none": "the old one is deleted",
}

# Failures.
PARAMETERS_REJECTED: Final = "The deploy fails: a rule of the template rejects the parameters. {refusal}"
TYPE_CHANGED: Final = (
    "The deploy fails: the type of {name} cannot be changed from {before} to {after}. Use a new logical ID "
    "for the new resource."
)
NAME_KEPT: Final = (
    "{certain:The deploy fails|If {name} is replaced, the deploy fails}: {name} is replaced but keeps its "
    "name {kept}, and the new resource cannot be created while the old one has the same name. Revert the "
    "change, or change {by} too{causes: (cause of the replacement: {causes:, })||}."
)
IDENTITY_KEPT: Final = (
    "{certain:The deploy fails|If {name} is replaced, the deploy fails}: the new {name} is created before "
    "the old one is deleted, and {why}. Change {by: or } too, or deploy in two steps: first remove the "
    "resource, then add the new one."
)
UPDATE_REFUSED: Final = "The deploy {certain:fails|may fail}: {why}. Instead, {way_out}. ({source})"
NULL_ADDED: Final = (
    "The deploy fails: {where} of {name} is null, which CloudFormation does not allow. Remove the key, or "
    "write a value."
)
POLICY_REFUSED: Final = (
    "The deploy fails: the service of {name} refuses the policy in {where}, because {why}. Correct the "
    "policy."
)
VALUE_REFUSED: Final = "The deploy fails: CloudFormation refuses the change, because {what}."
REFERENCE_BROKEN: Final = (
    "The deploy fails: CloudFormation refuses the template, because {referrer} refers to {targets}, which "
    "{targets:is|are} not in it."
)
UPDATE_DENIED: Final = (
    "The deploy {certain:fails|may fail}: the stack policy does not allow an update to {action:in words} "
    "{all} ({action}). If the change is intended, allow it for this update only "
    "(--stack-policy-during-update-body). Otherwise, revert the change."
)
NOT_DELETED: Final = (
    "{each} cannot be deleted, because {is_protected:its deletion protection is enabled|it must be empty}: "
    "it remains in the account, outside of the stack. {is_protected:Disable the protection in an earlier "
    "deploy|Empty it before the deploy}, or retain it with DeletionPolicy: Retain."
)
OLD_NOT_DELETED: Final = (
    "The old {name} cannot be deleted, because {is_protected:its deletion protection is enabled|it must be "
    "empty}: it remains in the account, outside of the stack. {is_protected:Disable the protection in an "
    "earlier deploy|Empty it before the deploy}, or retain it with DeletionPolicy: Retain."
)
NAME_RETAINED: Final = (
    "The deploy fails: {name} cannot be created, because {holder}{stack: of the stack {stack}||} keeps "
    "{same:the same {same}||the name}: its policy retains it in the account. Import the existing resource "
    "under the new logical ID, or {same:change one of them||choose another name}."
)
NAME_FREE_LATER: Final = (
    "The deploy fails: {name} cannot be created, because {holder}{stack: of the stack {stack}||} has "
    "{same:the same {same}||the name} until it is deleted later in the deploy. {is_renamed:Keep the logical "
    "ID, or deploy in two steps (first remove the resource, then add the new one), or set DeletionPolicy: "
    "Retain first and import the existing resource under the new logical ID.|Deploy the change of {holder} "
    "first, and that of {name} in a later deploy.}"
)
NAME_TAKEN: Final = (
    "The deploy fails: {name} cannot be created, because {holder}{stack: of the stack {stack}||} already has "
    "{same:the same {same}||the name}. {same:Change one of them||Choose another name}."
)
EXPORT_TAKEN: Final = (
    "The deploy fails: the output {key} cannot be exported as {export}, because the stack {holder} of the "
    "same region exports this name. Choose another name, or first remove that export in an earlier deploy."
)
BLOCK_TAKEN: Final = (
    "The deploy fails: {name} cannot be created with {block}, which overlaps {taken} of "
    "{holder:{holder}||the old subnet, which is deleted afterwards}. Choose a block that is free, or deploy "
    "in two steps: first remove the old subnet, then add the new one."
)
VALUE_TAKEN: Final = (
    "The deploy fails: {name} cannot be changed, because {holder}{stack: of the stack {stack}||} has the "
    "same {same} at that time. CloudFormation changes one resource after the other: deploy in two steps, the "
    "first with a value that is free."
)
CONCURRENCY_EXCEEDED: Final = (
    "The deploy fails: {provisioned} executions are provisioned for {function}, and only {reserved} are "
    "reserved. Reserve at least as many as are provisioned."
)
KEY_NO_LONGER_ACCEPTED: Final = (
    "{sender} of the deployed stack {stack} sends the key of {name}, which the API does not accept after "
    "this deploy: the API rejects its requests. First accept both keys, then change {stack} to the new key, "
    "and remove the old key in a later deploy."
)
KEY_NOT_ACCEPTED: Final = (
    "{each} will send the key in the secret {secrets:, }, but no API key of the set has this value: the API "
    "rejects its requests. First add the key to the API, in a separate deploy."
)

# Stacks.
STACK_RENAMED: Final = (
    "The {changes:name of a stack changes|names of stacks change}: {changes}. The deploy creates {changes:a "
    "new, empty stack|new, empty stacks}. Data is not copied: it stays in the old {changes:stack, which "
    "continues|stacks, which continue} to run and to incur costs until {changes:it is|they are} deleted "
    "manually. Revert the change, unless you want a second system."
)
ENVIRONMENT_REMOVED: Final = (
    "The environment {environment} is removed, and its stacks are no longer managed: {stacks}. A deploy does "
    "not delete them: they continue to run, with their data, and to incur costs, until they are deleted "
    "manually, in the reverse order. Restore the environment, unless someone deletes its stacks."
)
STACK_LEFT: Final = (
    "The stack {stack} is no longer in the set, or moves to another region. A deploy does not delete it: it "
    "continues to run, and its names stay in use, until it is deleted manually."
)
TERMINATION_UNPROTECTED: Final = (
    "The termination protection of the stack {stack} is disabled: it can be deleted."
)
TRIGGER_REMOVED: Final = (
    "{name} is no longer a rollback trigger of the stack {stack}: an update after which it fires is not "
    "rolled back."
)
STACK_POLICY_WEAKENED: Final = "The stack policy of {stack} no longer protects {resources}."
STACK_NOT_KNOWN: Final = "{why}"

# Resources.
REPLACED: Final = (
    "{each} {action:in words}, because {properties} {follows:{properties:refers|refer} to {follows}, which "
    "{followed:in words}||{properties:changes|change}}{reason:, and {reason}||}: a new one is created, and "
    "{data:in words}."
)
MAYBE_REPLACED: Final = (
    "{each} {action:in words}, because {properties} {follows:{properties:refers|refer} to {follows}, which "
    "{followed:in words}||{properties:changes|change}}{reason:, and {reason}||}. This cannot be determined "
    "from the files.{unless: It is not replaced if {unless: or }.||} Check Replacement in the change set "
    "before you execute it."
)
DATA_LOST: Final = (
    "{is_stack:The resources of the nested stack {name} are deleted, with the data in them|The data of "
    "{name} is deleted}: it {leaves:in words}, and its {policy} is Delete.{is_key: KMS deletes a key after "
    "its waiting period; data encrypted with it is then lost.|} To keep the data, set {policy}: "
    "Retain{is_removed: in an earlier deploy|}, or revert the change."
)
ORPHANED: Final = (
    "{each} {leaves:in words} and remains in the account ({policy}: Retain), outside of the stack{is_named:, "
    "and its name stays in use|}. Delete it manually if it is not needed, or import it again."
)
RENAMED: Final = (
    "{name} and {new} differ only in the logical ID. {is_rejected:The creation of {new} fails while the old "
    "one exists|CloudFormation creates {new} and then {is_retained:retains the old one in the "
    "account|deletes the old one}}. To keep the resource, keep the ID, move it with a stack refactoring, or "
    "set DeletionPolicy: Retain, deploy, and import it as {new} with a change set of type IMPORT."
)
INTERRUPTED: Final = (
    "{each} {does:{does: and }||is not available until its replacement exists}{properties:, because "
    "{properties} {properties:changes|change}||}.{order: One after the other: {order:, then }.||}{source: "
    "({source})||}"
)
NEVER_REACHED: Final = (
    "{each}: no request reaches {later} anymore, because {earlier} comes before it and matches all of its "
    "requests. Change their order, unless that is intended."
)
PATH_TAKEN: Final = (
    "{each} takes /{path} from {proxy}: API Gateway then rejects {methods} there with 403. Add these "
    "methods, or ANY, to the new resource, unless no client uses them."
)
TRAFFIC_BLOCKED: Final = (
    "{each} no longer allows {traffic:; }. Clients choose ports from 1024 to 65535, and get no answers at "
    "the blocked ones."
)
CONNECTION_REMOVED: Final = "{each} is removed: {effect}. Keep it while it is in use."
NAME_STALE: Final = (
    "{each} {is_deleted:is deleted|is renamed}, but {readers} still {readers:has|have} its old name {old} in "
    "a text. Change it there too."
)
SECRET_GENERATED: Final = (
    "A new value is generated for {name}.{readers: {readers} {readers:uses|use} the old value until the next "
    "change: CloudFormation resolves a dynamic reference only when its resource changes.||} Revert the "
    "change, or change all readers in the same deploy."
)

# Access and guards.
SWITCHED_OFF: Final = "{each}: {problem}. Make sure that nothing uses it anymore, or revert the change."
WEAKENED: Final = "{each}: {problem}."
ADDED: Final = "{each} is added: {effect}."
METHOD_ADDED: Final = "{each} is added: {callers} can call {method} {path}."
METRIC_SHARED: Final = (
    "{each} is added: it also writes the metric {metric}, so its lines are counted in addition to what this "
    "metric counts.{alarms: The alarms on it, {alarms}, fire with other lines than before.||}"
)
LEFT_UNUSED: Final = (
    "{each} is removed: no resource of the stacks refers to it, but what uses it by its name or ID fails."
)
GUARD_REMOVED: Final = "{each} is removed: {effect}."
TRAFFIC_ALLOWED: Final = (
    "{each} allows more traffic than before: {traffic:; }.{lost: It no longer allows the following in all "
    "cases, which fails if it is in use: {lost:; }.||}"
)
TRAFFIC_NO_LONGER_DENIED: Final = "{each} no longer denies {traffic}; another rule may allow it."
ACCESS_ALLOWED: Final = (
    "{each} allows more than before: {access:; }.{is_known:| A part of it is known only after the deploy, so "
    "it cannot be shown to be narrower.}{lost: It no longer allows the following in all cases, which fails "
    "if it is in use: {lost:; }.||}"
)
ACCESS_NO_LONGER_DENIED: Final = (
    "{each} no longer denies the following in all cases: {access:; }.{denied: It newly denies the following, "
    "which fails if it is in use: {denied:; }.||}"
)
MANAGED_POLICY_ATTACHED: Final = "{each} gets the managed policy {arn}, with all its permissions."
GROUP_JOINED: Final = "{each} gives {user} all permissions of the group {group}."
ACCESS_NOT_COMPARED: Final = (
    "{each} {action:in words}. It determines {what}. That is not compared: read the change."
)
POLICY_NOT_READ: Final = (
    "{each} {action:in words}, with the {places:policy|policies} {places}. What is not an IAM policy, or "
    "known only after the deploy, is not compared: read the change."
)
BOUNDARY_CHANGED: Final = (
    "{each} changes its permissions boundary from {old} to {new}, which cannot be shown to be narrower."
)
BOUNDARY_REMOVED: Final = "{each} loses its permissions boundary {old}, which limited its policies."
PARAMETER_SHOWN: Final = (
    "The parameter {parameter} is no longer NoEcho: everyone who may describe the stack sees its value."
)
TAG_READ: Final = (
    "{each}: the tag {key} {how}, and {readers:, } {readers:reads|read} tags with this key. Make sure that "
    "what {readers:it allows, denies or selects|they allow, deny or select} is still right for the resource."
)

# Outputs.
OUTPUT_REMOVED: Final = (
    "The output {name} {certain:is|may be} removed. Commands, pipelines and other stacks that read it "
    "{certain:will|then} fail: change them first, or keep the output."
)
READ_OUTPUT_REMOVED: Final = (
    "The output {name} {certain:is|may be} removed, but the deployed {readers} reads it: the next deploy of "
    "{readers} fails if it still reads it."
)
EXPORT_REMOVED: Final = (
    "The deploy {certain:fails: |may fail: perhaps }the export {export} {new_export:becomes {new_export}||is "
    "removed}, but the deployed {importers} {importers:imports|import} it. Keep it and add the new export, "
    "deploy {importers} with the new export, then remove the old one."
)
EXPORT_CHANGED: Final = (
    "The deploy {certain:fails: |may fail: perhaps }its {before:value changes from {before} to "
    "{after}||{is_new:resource is replaced|value changes}}, and the export {export} cannot be changed while "
    "{importers} {importers:imports|import} it. Export the new value under another name, deploy {importers} "
    "with it, then remove the old export."
)
