from collections.abc import Iterator
from typing import Any

from cfn_analysis.model.references import value_at
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.values import Path, as_text, children, ref_name, show


class MappingWithoutKey(Rule):
    """Map without a key for a value that the parameter allows.

    Fn::FindInMap with a parameter looks up the value that the stack is given. If AllowedValues contains a
    value that the map does not have, a stack with this value fails: 'Unable to get mapping'. Add the key, or
    remove the value. The rule does not check lookups inside Fn::If, or in a resource with a condition.
    """

    id = "E9514"
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-findinmap.html"
    fault_class = "conditions"
    looks_at = ()

    def faults(self, validator: Validator, template: Any) -> Faults:
        mappings, parameters = template.get("Mappings"), template.get("Parameters")
        if not isinstance(mappings, dict) or not isinstance(parameters, dict) or "Transform" in template:
            return
        seen = set()
        for name, key, path in _lookups(template):
            mapping, allowed = mappings.get(name), value_at(parameters, (key, "AllowedValues"))
            if not isinstance(mapping, dict) or not isinstance(allowed, list) or (name, key) in seen:
                continue
            seen.add((name, key))
            known = set(map(as_text, mapping))
            missing = [value for value in map(as_text, allowed) if value not in known]
            if missing and "Fn::Transform" not in mapping:
                yield Fault(
                    path,
                    f"{name} has no key {' and no '.join(map(show, missing))}, which {key} allows: a stack "
                    "with this value fails.",
                )


def _lookups(template: Any) -> Iterator[tuple[str, str, Path]]:
    """Yield map, parameter and path of each Fn::FindInMap that is always made."""
    for section in ("Conditions", "Resources", "Outputs"):
        holder = template.get(section)
        for name, part in holder.items() if isinstance(holder, dict) else ():
            if section == "Conditions" or (isinstance(part, dict) and "Condition" not in part):
                yield from _inside(part, (section, name))


def _inside(part: Any, path: Path) -> Iterator[tuple[str, str, Path]]:
    for key, value in children(part):
        if key == "Fn::FindInMap" and isinstance(value, list) and len(value) == 3:
            if isinstance(value[0], str) and ref_name(value[1]):
                yield value[0], ref_name(value[1]), (*path, key)
        elif key != "Fn::If":
            yield from _inside(value, (*path, key))
