"""References to resources and parameters that a changed template does not have: CloudFormation refuses it.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ValidateTemplate.html
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from cfn_analysis.model.references import as_list, uses
from cfn_analysis.model.wiring import Node
from cfn_analysis.reviewing import sentences
from cfn_analysis.reviewing.changes import EnvironmentChanges
from cfn_analysis.reviewing.findings import Risk, risk
from cfn_analysis.reviewing.kinds import WILL_FAIL

_SECTIONS: Final = ("Resources", "Outputs")
_PSEUDO: Final = "AWS::"


def broken_references(environment: EnvironmentChanges) -> Iterator[Risk]:
    """Yield each resource and output that newly refers to what its template does not have."""
    for name, after in environment.after.items():
        if name not in environment.before:
            continue
        old, new = environment.before[name].built.template, after.built.template
        if old != new:
            yield from _of_stack(name, old, new)


def _of_stack(stack: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Risk]:
    old_names, names = _declared(old), _declared(new)
    has_lost_names = bool(old_names - names)
    for section in _SECTIONS:
        old_entries = old.get(section, {})
        for key, entry in new.get(section, {}).items():
            was = old_entries.get(key)
            if was == entry and not has_lost_names:
                continue
            missing = _missing_targets(entry, names) - _missing_targets(was, old_names)
            if not missing:
                continue
            detail = {"referrer": key, "targets": tuple(sorted(missing))}
            if section == "Resources":
                yield risk(WILL_FAIL, Node(stack, key), sentences.REFERENCE_BROKEN, **detail)
            else:
                paths = (f"Outputs.{key}",)
                yield risk(WILL_FAIL, Node(stack, ""), sentences.REFERENCE_BROKEN, paths=paths, **detail)


def _declared(template: Mapping[str, Any]) -> set[str]:
    """Return what a reference can name: resources and parameters."""
    return {*template.get("Resources", {}), *template.get("Parameters", {})}


def _missing_targets(entry: Any, names: set[str]) -> set[str]:
    """Return the names that an entry refers to and that a template does not have."""
    referred = {use.name for use in uses(entry) if use.kind == "name" and not use.name.startswith(_PSEUDO)}
    if isinstance(entry, Mapping):
        referred |= {target for target in as_list(entry.get("DependsOn")) if isinstance(target, str)}
    return referred - names
