"""The sentences about risks: the only place that writes them in English.

The first argument of each is the logical ID of the resource, or the key of the output. Sentences about equal
risks of several resources are written once: ``ABOUT_EACH`` and ``ABOUT_ALL`` list those that allow it.
"""

from collections.abc import Sequence
from typing import Final

from cfn_analysis.model.stack_policies import DELETE, MODIFY, REPLACE
from cfn_analysis.model.wording import beginning, series
from cfn_analysis.reviewing import outcomes

_MOST: Final = 3  # permissions, or kinds of traffic, in a sentence
_FAILS: Final = {True: "The deploy fails", False: "The deploy may fail"}

# Failures.


def parameters_rejected(_: str, *, refusal: str) -> str:
    return f"The deploy fails: a rule of the template rejects the parameters. {refusal}"


def type_changed(name: str, *, before: str, after: str) -> str:
    return (
        f"The deploy fails: the type of {name} cannot be changed from {before} to {after}. Use a new logical "
        "ID for the new resource."
    )


def name_kept(name: str, *, certain: bool, kept: str, by: str, causes: Sequence[str]) -> str:
    causing = f" (cause of the replacement: {', '.join(causes[:3])})" if causes else ""
    return (
        f"{_if_replaced(name, certain)}: {name} is replaced but keeps its name {kept}, and the new resource "
        f"cannot be created while the old one has the same name. Revert the change, or change {by} too"
        f"{causing}."
    )


def identity_kept(name: str, *, certain: bool, why: str, by: Sequence[str]) -> str:
    return (
        f"{_if_replaced(name, certain)}: the new {name} is created before the old one is deleted, and {why}. "
        f"Change {' or '.join(by)} too, or deploy in two steps: first remove the resource, then add the new "
        "one."
    )


def _if_replaced(name: str, certain: bool) -> str:
    return "The deploy fails" if certain else f"If {name} is replaced, the deploy fails"


def update_refused(_: str, *, certain: bool, why: str, way_out: str, source: str) -> str:
    return f"{_FAILS[certain]}: {why}. Instead, {way_out}. ({source})"


def update_denied(name: str, *, certain: bool, action: str) -> str:
    does = {MODIFY: "change", REPLACE: "replace", DELETE: "delete"}[action]
    return (
        f"{_FAILS[certain]}: the stack policy does not allow an update to {does} {name} ({action}). If the "
        "change is intended, allow it for this update only (--stack-policy-during-update-body). Otherwise, "
        "revert the change."
    )


def not_deleted(name: str, *, protected: bool) -> str:
    if protected:
        why, way_out = "its deletion protection is enabled", "Disable the protection in an earlier deploy"
    else:
        why, way_out = "it must be empty", "Empty it before the deploy"
    return (
        f"{name} cannot be deleted, because {why}: it remains in the account, outside of the stack. "
        f"{way_out}, or retain it with DeletionPolicy: Retain."
    )


def old_one_not_deleted(name: str, *, protected: bool) -> str:
    return not_deleted(f"The old {name}", protected=protected)


def name_taken(name: str, *, holder: str, of: str, same: Sequence[str], until: str) -> str:
    """Write about a name, or about ``same`` properties, of a holder in the stack ``of``.

    ``until`` is ``retained`` or ``deleted`` if the deploy removes the holder, otherwise empty.
    """
    what = f"the same {series(same)}" if same else "the name"
    holder = f"{holder} of the stack {of}" if of else holder
    choose = "change one of them" if same else "choose another name"
    if until == "retained":
        why = f"{holder} keeps {what}: its policy retains it in the account"
        way_out = f"Import the existing resource under the new logical ID, or {choose}"
    elif until == "deleted":
        why = f"{holder} has {what} until it is deleted later in the deploy"
        way_out = (
            "Keep the logical ID, or deploy in two steps (first remove the resource, then add the new one), "
            "or set DeletionPolicy: Retain first and import the existing resource under the new logical ID"
        )
    else:
        why, way_out = f"{holder} already has {what}", choose.capitalize()
    return f"The deploy fails: {name} cannot be created, because {why}. {way_out}."


def key_no_longer_accepted(name: str, *, sender: str, of: str) -> str:
    return (
        f"{sender} of the deployed stack {of} sends the key of {name}, which the API does not accept after "
        f"this deploy: the API rejects its requests. First accept both keys, then change {of} to the new "
        "key, and remove the old key in a later deploy."
    )


def key_not_accepted(name: str, *, secrets: Sequence[str]) -> str:
    return (
        f"{name} will send the key in the secret {', '.join(secrets)}, but no API key of the set has this "
        "value: the API rejects its requests. First add the key to the API, in a separate deploy."
    )


# Stacks.


def stacks_renamed(_: str, *, names: Sequence[tuple[str, str]]) -> str:
    many = len(names) > 1
    changes = series([f"{old} becomes {new}" for old, new in names])
    return (
        f"The {'names of stacks change' if many else 'name of a stack changes'}: {changes}. The deploy "
        f"creates {'new, empty stacks' if many else 'a new, empty stack'}. Data is not copied: it stays in "
        f"the old {'stacks, which continue' if many else 'stack, which continues'} to run and to incur costs "
        f"until {'they are' if many else 'it is'} deleted manually. Revert the change, unless you want a "
        "second system."
    )


def environment_removed(_: str, *, environment: str, stacks: Sequence[str]) -> str:
    return (
        f"The environment {environment} is removed, and its stacks are no longer managed: {series(stacks)}. "
        "A deploy does not delete them: they continue to run, with their data, and to incur costs, until "
        "they are deleted manually, in the reverse order. Restore the environment, unless someone deletes "
        "its stacks."
    )


def stack_left(_: str, *, stack: str) -> str:
    return (
        f"The stack {stack} is no longer in the set, or moves to another region. A deploy does not delete "
        "it: it continues to run, and its names stay in use, until it is deleted manually."
    )


def termination_unprotected(_: str, *, stack: str) -> str:
    return f"The termination protection of the stack {stack} is disabled: it can be deleted."


def stack_policy_weakened(_: str, *, stack: str, resources: Sequence[str]) -> str:
    return f"The stack policy of {stack} no longer protects {beginning(resources, 6)}."


# Resources.


def replaced(name: str, *, properties: Sequence[str], follows: str, data: str) -> str:
    old_one = {
        outcomes.ORPHANED: "the old one remains in the account, outside of the stack",
        outcomes.SNAPSHOT: "the old one is deleted after a snapshot",
        outcomes.LOST: "the old one is deleted with its data",
        outcomes.DELETE_FAILS: "the deletion of the old one fails",
    }.get(data, "the old one is deleted")
    because = _because(properties, follows, "is replaced")
    return f"{name} is replaced, {because}: a new one is created, and {old_one}."


def maybe_replaced(name: str, *, properties: Sequence[str], follows: str, unless: Sequence[str]) -> str:
    because = _because(properties, follows, "may be replaced")
    cases = "".join(f" It is not replaced if {case}." for case in unless)
    return (
        f"{name} may be replaced, {because}. This cannot be determined from the files.{cases} Check "
        "Replacement in the change set before you execute it."
    )


def _because(properties: Sequence[str], follows: str, happens: str) -> str:
    why, many = series(properties), len(properties) > 1
    if not follows:
        return f"because {why} {'change' if many else 'changes'}"
    return f"because {why} {'refer' if many else 'refers'} to {follows}, which {happens}"


LEAVES: Final = {
    "remove": "is removed from the template",
    "maybe-remove": "may be removed from the stack (its condition is not known)",
    "replace": "is replaced",
    "maybe-replace": "may be replaced",
}
"""CauseChains a resource is deleted or retained, in words."""


def data_lost(name: str, *, leaves: str, policy: str, is_key: bool) -> str:
    key = (
        " KMS deletes a key after its waiting period; data encrypted with it is then lost." if is_key else ""
    )
    first = " in an earlier deploy" if policy == "DeletionPolicy" else ""
    return (
        f"The data of {name} is deleted: it {LEAVES[leaves]}, and its {policy} is Delete.{key} To keep the "
        f"data, set {policy}: Retain{first}, or revert the change."
    )


def orphaned(name: str, *, leaves: str, policy: str, is_named: bool) -> str:
    taken = ", and its name stays in use" if is_named else ""
    return (
        f"{name} {LEAVES[leaves]} and remains in the account ({policy}: Retain), outside of the "
        f"stack{taken}. Delete it manually if it is not needed, or import it again."
    )


def renamed(name: str, *, new: str, is_retained: bool, is_rejected: bool) -> str:
    deleted = "retains the old one in the account" if is_retained else "deletes the old one"
    does = (
        f"The creation of {new} fails while the old one exists."
        if is_rejected
        else f"CloudFormation creates {new} and then {deleted}."
    )
    return (
        f"{name} and {new} differ only in the logical ID. {does} To keep the resource, keep the ID, move it "
        f"with a stack refactoring, or set DeletionPolicy: Retain, deploy, and import it as {new} with a "
        "change set of type IMPORT."
    )


def interrupted(name: str, *, does: Sequence[str], order: Sequence[str], source: str) -> str:
    what = " and ".join(does) or "is not available until its replacement exists"
    steps = f" One after the other: {', then '.join(order)}." if order else ""
    return f"{name} {what}.{steps}{f' ({source})' if source else ''}"


def connection_removed(name: str, *, effect: str) -> str:
    return f"{name} is removed: {effect}. Keep it while it is in use."


def name_stale(name: str, *, is_deleted: bool, old: str, readers: Sequence[str]) -> str:
    return (
        f"{name} {'is deleted' if is_deleted else 'is renamed'}, but {series(readers)} still "
        f"{'has' if len(readers) == 1 else 'have'} its old name {old} in a text. Change it there too."
    )


def secret_generated(name: str, *, readers: Sequence[str]) -> str:
    stale = (
        f" {series(readers)} {'uses' if len(readers) == 1 else 'use'} the old value until the next change: "
        "CloudFormation resolves a dynamic reference only when its resource changes."
        if readers
        else ""
    )
    return (
        f"A new value is generated for {name}.{stale} Revert the change, or change all readers in the same "
        "deploy."
    )


# Access and guards.


def weakened(name: str, *, problems: Sequence[str]) -> str:
    return f"{name}: {'; '.join(problems)}."


def guard_removed(name: str, *, effect: str) -> str:
    return f"{name} is removed: {effect}."


def traffic_allowed(name: str, *, traffic: Sequence[str]) -> str:
    return f"{name} allows more traffic than before: {_first(traffic)}."


def traffic_no_longer_denied(name: str, *, traffic: str) -> str:
    return f"{name} no longer denies {traffic}; another rule may allow it."


def access_allowed(name: str, *, access: Sequence[str], is_known: bool) -> str:
    later = " A part of it is known only after the deploy, so it cannot be shown to be narrower."
    return f"{name} allows more than before: {_first(access)}.{'' if is_known else later}"


def access_no_longer_denied(name: str, *, access: Sequence[str]) -> str:
    return f"{name} no longer denies the following in all cases: {_first(access)}."


def managed_policy_attached(name: str, *, arn: str) -> str:
    return f"{name} gets the managed policy {arn}, with all its permissions."


def access_not_compared(name: str, *, what: str, is_new: bool) -> str:
    happens = "is new" if is_new else "changes"
    return f"{name} {happens}. It determines {what}, which is not compared: read the change."


def policy_not_read(name: str, *, places: Sequence[str], is_new: bool) -> str:
    happens = "is new and has" if is_new else "changes"
    noun = "policy" if len(places) == 1 else "policies"
    return (
        f"{name} {happens} the {noun} {series(places)}. What is not an IAM policy, or known only after the "
        "deploy, is not compared: read the change."
    )


def boundary_changed(name: str, *, old: str, new: str) -> str:
    if not new:
        return f"{name} loses its permissions boundary {old}, which limited its policies."
    return (
        f"{name} changes its permissions boundary from {old} to {new}, which cannot be shown to be narrower."
    )


def _first(parts: Sequence[str]) -> str:
    more = f"; and {len(parts) - _MOST} more" if len(parts) > _MOST else ""
    return "; ".join(parts[:_MOST]) + more


# Outputs.


def output_removed(name: str) -> str:
    return (
        f"The output {name} is removed. Commands, pipelines and other stacks that read it will fail: change "
        "them first, or keep the output."
    )


def read_output_removed(name: str, *, readers: Sequence[str]) -> str:
    stacks = series(readers)
    return (
        f"The output {name} is removed, but the deployed {stacks} reads it: the next deploy of {stacks} "
        "fails if it still reads it."
    )


def export_removed(_: str, *, export: str, new_export: str, importers: Sequence[str]) -> str:
    stacks = series(importers)
    what = f"becomes {new_export}" if new_export else "is removed"
    return (
        f"The deploy fails: the export {export} {what}, but the deployed {_imports(importers)}. Keep it and "
        f"add the new export, deploy {stacks} with the new export, then remove the old one."
    )


def export_changed(
    _: str,
    *,
    export: str,
    values: tuple[str, str] | None,
    certain: bool,
    is_new: bool,
    importers: Sequence[str],
) -> str:
    """Write about a changed value; ``values`` is None if they look equal, ``is_new`` of a replacement."""
    value = f"its value changes from {values[0]} to {values[1]}" if values else "its value changes"
    if is_new and not values:
        value = "its resource is replaced"
    fails = f"{_FAILS[certain]}: {'' if certain else 'perhaps '}{value}"
    return (
        f"{fails}, and the export {export} cannot be changed while {_imports(importers)}. Export the new "
        f"value under another name, deploy {series(importers)} with it, then remove the old export."
    )


def _imports(importers: Sequence[str]) -> str:
    return f"{series(importers)} {'imports' if len(importers) == 1 else 'import'} it"


ABOUT_EACH: Final = frozenset(
    {
        *(access_allowed, access_no_longer_denied, access_not_compared, boundary_changed),
        *(connection_removed, guard_removed, policy_not_read),
        *(interrupted, key_not_accepted, managed_policy_attached, maybe_replaced, name_stale, not_deleted),
        *(orphaned, replaced, traffic_allowed, traffic_no_longer_denied, weakened),
    }
)
"""Sentences that begin with the resource, so that they can be about each of several resources."""
ABOUT_ALL: Final = frozenset({update_denied})
"""Sentences that can contain the names of several resources."""
