import re
from collections.abc import Iterator
from typing import Any

from cfn_analysis.model.references import value_at
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator
from cfn_analysis.rules.support.values import as_text, children, ref_name, show


class MappingOfUnknownKey(Rule):
    """Mapping with a key that is never used.

    Fn::FindInMap with AWS::Region never uses a key that is not the name of a region, and with a parameter
    never a value that is not in AllowedValues. Either the key is misspelled, and the stack fails for the
    correct value, or it is not needed. Correct or remove it. This is a convention where the key is only not
    needed, as after a removed instance type: the stack works, but the key suggests a value that is refused.
    """

    id = "W9510"
    source_url = (
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/mappings-section-structure.html"
    )
    finding_class = "conditions"
    looks_at = ()

    def findings(self, validator: Validator, template: Any) -> Findings:
        mappings, parameters = template.get("Mappings"), template.get("Parameters")
        if not isinstance(mappings, dict):
            return
        keys_by_mapping: dict[str, list[Any]] = {}
        for name, key in _lookups(
            [template.get("Resources"), template.get("Conditions"), template.get("Outputs")]
        ):
            keys_by_mapping.setdefault(name, []).append(key)
        for name, mapping in mappings.items():
            names = {ref_name(key) for key in keys_by_mapping.get(name, [""])}
            if not isinstance(mapping, dict) or len(names) != 1:
                continue
            (by,) = names
            for key in mapping:
                if _never(by, str(key), parameters if isinstance(parameters, dict) else {}):
                    yield RuleFinding(
                        ("Mappings", name, key), f"{name} is used with {by}, which is never {show(str(key))}."
                    )


def _lookups(part: Any) -> Iterator[tuple[str, Any]]:
    """Yield mapping and first key of every Fn::FindInMap."""
    for key, value in children(part):
        if key == "Fn::FindInMap" and isinstance(value, list) and len(value) > 2:
            yield str(value[0]), value[1]
        yield from _lookups(value)


def _never(by: str, key: str, parameters: Any) -> bool:
    if by == "AWS::Region":
        return not re.fullmatch(r"[a-z]{2}(-[a-z]+)+-\d", key)
    allowed = value_at(parameters, (by, "AllowedValues"))
    return isinstance(allowed, list) and key not in [as_text(value) for value in allowed]
