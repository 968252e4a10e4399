"""What CloudFormation refuses in a changed template: values against the schema of a type, and unknown keys.

Unknown keys are those of a template, a resource, an output, a parameter or a rule. The declarations of
parameters are checked, too.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from cfn_analysis.model.anatomy import ORDER, SECTIONS
from cfn_analysis.model.schema_faults import faults
from cfn_analysis.model.schemas import known_schema
from cfn_analysis.model.section_faults import faults_of_default, section_faults
from cfn_analysis.model.wiring import Node
from cfn_analysis.reviewing import sentences
from cfn_analysis.reviewing.additions import has_macro
from cfn_analysis.reviewing.changes import EnvironmentChanges
from cfn_analysis.reviewing.findings import Risk, risk
from cfn_analysis.reviewing.kinds import WILL_FAIL
from cfn_analysis.reviewing.refused_behaviors import DISTRIBUTION, refused_behaviors
from cfn_analysis.reviewing.renames import renames
from cfn_analysis.updates.resolved_stack import ResolvedStack
from cfn_analysis.updates.resource_changes import ADD, ResourceChange

_VERSION: Final = "2010-09-09"
_TRANSFORMS: Final = ("Transform", "Fn::Transform", "Hooks")
"""Parts of templates that this project does not write, and CloudFormation knows."""


def refused_values(environment: EnvironmentChanges) -> Iterator[Risk]:
    """Yield each value of a changed resource, and each key, that is new and that CloudFormation refuses."""
    added = []
    for node, outcome in environment.resources.items():
        yield from _of_resource(environment, outcome.change)
        if outcome.change.action == ADD and node.stack in environment.before:
            added.append(outcome.change)
    renamed = set(renames(environment).values()) if added else set()  # the old one was accepted
    for change in added:
        if change.node not in renamed:
            yield from _of_new(environment, change)
    for name, after in environment.after.items():
        if name in environment.before:
            yield from _of_template(environment.before[name], after)


def _of_resource(environment: EnvironmentChanges, change: ResourceChange) -> Iterator[Risk]:
    before, after = change.before, change.after
    if before is None or after is None or before.type != after.type:
        return
    old, new = before.properties, after.properties
    names = [name for name in dict.fromkeys([*new, *old]) if old.get(name) != new.get(name)]
    region = environment.after[change.node.stack].built.region
    known = set(faults(change.type, region, old, [name for name in names if name in old]))
    for path, why in faults(change.type, region, new, names):
        if (path, why) not in known:
            top = path.partition(".")[0].partition("[")[0]
            paths = [cause.path for cause in change.causes if cause.place and cause.place[0] == top]
            what = f"{path} {why}"
            yield risk(WILL_FAIL, change.node, sentences.VALUE_REFUSED, paths=paths, what=what)
    if change.type == DISTRIBUTION:
        yield from _of_distribution(change, old, new)


def _of_distribution(
    change: ResourceChange, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[Risk]:
    known = set(refused_behaviors(before))
    for path, why in refused_behaviors(after):
        if (path, why) not in known:
            paths = [cause.path for cause in change.causes if cause.place[:1] == ("DistributionConfig",)]
            what = f"{path} {why}"
            yield risk(WILL_FAIL, change.node, sentences.VALUE_REFUSED, paths=paths, what=what)


def _of_new(environment: EnvironmentChanges, change: ResourceChange) -> Iterator[Risk]:
    """Yield what CloudFormation refuses in a new resource."""
    if change.after is None or has_macro(change.after):
        return
    region, properties = environment.after[change.node.stack].built.region, change.after.properties
    names = dict.fromkeys([*properties, *known_schema(change.type, region).required])
    for path, why in faults(change.type, region, properties, list(names)):
        yield risk(WILL_FAIL, change.node, sentences.VALUE_REFUSED, what=f"{path} {why}")


def _of_template(before: ResolvedStack, after: ResolvedStack) -> Iterator[Risk]:
    old, new = before.built.template, after.built.template
    if old == new:
        return
    subject = Node(after.name, "")
    for section in new:
        if section not in old and section not in (*SECTIONS, *_TRANSFORMS):
            yield _not_a_key(subject, section, "a template", section)
    version = new.get("AWSTemplateFormatVersion", _VERSION)
    if str(version) != _VERSION and version != old.get("AWSTemplateFormatVersion"):
        what = f"AWSTemplateFormatVersion must be {_VERSION}"
        paths = ("AWSTemplateFormatVersion",)
        yield risk(WILL_FAIL, subject, sentences.VALUE_REFUSED, paths=paths, what=what)
    yield from _of_sections(before, after)
    for section, keys in ORDER.items():
        entries, old_entries = new.get(section, {}), old.get(section, {})
        for name, entry in entries.items():
            was = old_entries.get(name, {})
            if entry == was or not isinstance(entry, Mapping) or not isinstance(was, Mapping):
                continue
            about = Node(after.name, name) if section == "Resources" else subject
            for key in entry:
                if key not in was and key not in (*keys, *_TRANSFORMS):
                    path = key if section == "Resources" else f"{section}.{name}.{key}"
                    yield _not_a_key(about, path, f"an entry of {section}", key)


def _of_sections(before: ResolvedStack, after: ResolvedStack) -> Iterator[Risk]:
    """Yield what is newly wrong in an entry of a section other than Resources."""
    stack, old, new = after.name, before.built.template, after.built.template
    for section in ("Parameters", "Mappings", "Conditions", "Outputs"):
        old_entries, entries = old.get(section, {}), new.get(section, {})
        for name, entry in entries.items():
            if name in old_entries and old_entries[name] == entry:
                continue
            known = set()
            if name in old_entries:
                known = set(section_faults(section, name, old_entries[name], old))
            wrong = list(section_faults(section, name, entry, new))
            if (
                section == "Parameters" and not wrong and name in after.given_values
            ):  # otherwise it is the value
                wrong += faults_of_default(entry)
            for why in wrong:
                if why not in known:
                    path = f"{section}.{name}"
                    yield _refused(stack, path, f"{path} is wrong: {why}")
    metadata = new.get("Metadata", {})
    if metadata != old.get("Metadata", {}) and not isinstance(metadata, Mapping):
        yield _refused(stack, "Metadata", "Metadata is not a mapping")


def _refused(stack: str, path: str, what: str) -> Risk:
    return risk(WILL_FAIL, Node(stack, ""), sentences.VALUE_REFUSED, paths=(path,), what=what)


def _not_a_key(subject: Node, path: str, holder: str, key: str) -> Risk:
    what = f"{key} is not a key of {holder}"
    return risk(WILL_FAIL, subject, sentences.VALUE_REFUSED, paths=(path,), what=what)
