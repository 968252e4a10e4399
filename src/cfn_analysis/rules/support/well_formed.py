"""A template without its malformed parts, which cfn-lint's own rules report."""

from functools import lru_cache
from typing import Any, Final

from cfnlint.template import Template

_UNKNOWN: Final = {"Fn::ImportValue": "unknown"}
"""In place of a function that refers to nothing: a value that no rule knows."""


@lru_cache(maxsize=1)
def well_formed(cfn: Template) -> Template:
    """Return the template itself if it is well-formed; otherwise a copy without the malformed parts."""
    template = _cleaned(cfn.template)
    for section in ("Resources", "Outputs", "Parameters"):
        if section in template:
            entries = template[section] if isinstance(template[section], dict) else {}
            template[section] = {name: entry for name, entry in entries.items() if _is_entry(section, entry)}
    if template == cfn.template:
        return cfn
    return Template(cfn.filename, template, cfn.regions, list(cfn.context.parameter_sets or ()))


def _is_entry(section: str, entry: Any) -> bool:
    if not isinstance(entry, dict) or not isinstance(entry.get("Condition", ""), str):
        return False
    has_properties = isinstance(entry.get("Properties", {}), dict)
    return section == "Outputs" or (isinstance(entry.get("Type"), str) and has_properties)


def _cleaned(part: Any) -> Any:
    if isinstance(part, list):
        return [_cleaned(entry) for entry in part]
    if not isinstance(part, dict):
        return part
    if _refers_to_nothing(part):
        return _UNKNOWN
    return {key: _cleaned(value) for key, value in part.items()}


def _refers_to_nothing(function: dict[str, Any]) -> bool:
    match function:
        case {"Ref": argument} if len(function) == 1:
            return not isinstance(argument, str)
        case {"Fn::If": argument} if len(function) == 1:
            return not (isinstance(argument, list) and argument and isinstance(argument[0], str))
    return False
