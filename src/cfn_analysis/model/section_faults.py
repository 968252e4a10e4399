"""What CloudFormation refuses in an entry of a template other than a resource, before it changes anything.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-anatomy.html
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from cfn_analysis.model.parameter_constraints import faults_of_declaration, violations
from cfn_analysis.model.references import as_list

Template = Mapping[str, Any]

_NAME: Final = re.compile(r"[A-Za-z0-9]{1,255}")
_MAPPING_KEY: Final = re.compile(r"[A-Za-z0-9.-]{1,255}")
_CONDITION_FUNCTIONS: Final = ("Fn::And", "Fn::Or", "Fn::Not", "Fn::Equals", "Condition")
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/conditions-section-structure.html
_FUNCTIONS_IN_CONDITIONS: Final = ("Ref", "Fn::FindInMap", "Fn::Join", "Fn::Select", "Fn::Split", "Fn::Sub")
_LONGEST_EXPORT: Final = 255


def section_faults(section: str, name: str, entry: Any, template: Template) -> Iterator[str]:
    """Yield why CloudFormation refuses an entry of a section; nothing for a section without rules."""
    if section not in _FAULTS:
        return
    if not _NAME.fullmatch(str(name)):
        yield "its name may only have letters and digits"
    if not isinstance(entry, Mapping):
        yield "it is not a mapping"
        return
    yield from _FAULTS[section](entry, template)


def _of_output(output: Mapping[str, Any], template: Template) -> Iterator[str]:
    if output.get("Value") is None:
        yield "it has no Value"
    elif not _is_text(output["Value"], template):
        yield "its Value is not a text"
    if "Export" not in output:
        return
    export = output["Export"]
    if not isinstance(export, Mapping) or set(export) != {"Name"}:
        yield "its Export must have a Name, and nothing else"
        return
    name = export["Name"]
    if name in (None, "") or not _is_text(name, template):
        yield "the Name of its Export is not a text"
    elif isinstance(name, str) and len(name) > _LONGEST_EXPORT:
        yield f"the Name of its Export has more than {_LONGEST_EXPORT} characters"


def _is_text(value: Any, template: Template) -> bool:
    """Return whether a value is a text, a number, true or false, or a function that may return one."""
    if isinstance(value, Mapping):
        if len(value) != 1:
            return False
        function, argument = next(iter(value.items()))
        if function == "Ref":
            return isinstance(argument, str) and not _is_list_parameter(argument, template)
        return str(function).startswith("Fn::") and function not in ("Fn::GetAZs", "Fn::Split", "Fn::Cidr")
    return value is not None and not isinstance(value, list)


def _is_list_parameter(name: str, template: Template) -> bool:
    declaration = template.get("Parameters", {}).get(name)
    if not isinstance(declaration, Mapping):
        return False
    return "List" in str(declaration.get("Type"))


def _of_condition(condition: Mapping[str, Any], template: Template) -> Iterator[str]:
    if len(condition) != 1 or next(iter(condition)) not in _CONDITION_FUNCTIONS:
        yield f"it must have one of {', '.join(_CONDITION_FUNCTIONS)}"
        return
    function, argument = next(iter(condition.items()))
    if function == "Condition":
        if not isinstance(argument, str) or argument not in template.get("Conditions", {}):
            yield f"{argument} is not a condition of the template"
        return
    least, most = {"Fn::Equals": (2, 2), "Fn::Not": (1, 1)}.get(function, (2, 10))
    if not isinstance(argument, list) or not least <= len(argument) <= most:
        yield f"{function} must be a list of {least if least == most else f'{least} to {most}'}"
        return
    for part in argument:
        if function == "Fn::Equals":
            yield from _of_operand(part, template)
        elif isinstance(part, Mapping):
            yield from _of_condition(part, template)
        else:
            yield f"{function} must have conditions"


def _of_operand(value: Any, template: Template) -> Iterator[str]:
    """Yield why a value cannot be compared in a condition."""
    if value is None:
        yield "it compares a null"
    if isinstance(value, list):
        for part in value:
            yield from _of_operand(part, template)
    if not isinstance(value, Mapping):
        return
    for function, argument in value.items():
        if function not in _FUNCTIONS_IN_CONDITIONS:
            yield f"{function} cannot be used in a condition"
        elif function == "Ref":
            name = str(argument)
            if not name.startswith("AWS::") and name not in template.get("Parameters", {}):
                yield f"{argument} is not a parameter of the template"
        elif isinstance(argument, list):
            yield from _of_operand([part for part in argument if isinstance(part, Mapping)], template)


def _of_parameter(parameter: Mapping[str, Any], _template: Template) -> Iterator[str]:
    wrong = [f"its {key} {why}" for key, why in faults_of_declaration(parameter)]
    if wrong:
        yield from wrong
        return
    if not isinstance(parameter.get("AllowedPattern", ""), str):
        yield "its AllowedPattern is not a text"
        return
    if "Default" in parameter and (
        parameter["Default"] is None or isinstance(parameter["Default"], (Mapping, list))
    ):
        yield "its Default is not a text"


def faults_of_default(parameter: Mapping[str, Any]) -> Iterator[str]:
    """Yield why the default of a parameter without other faults is refused."""
    if "Default" not in parameter:
        return
    default = parameter["Default"]
    text = str(default).lower() if isinstance(default, bool) else str(default)
    for why in violations(text, parameter):
        yield f"its Default {text} {why}"


def _of_mapping(mapping: Mapping[str, Any], _template: Template) -> Iterator[str]:
    if not mapping:
        yield "it is empty"
    for key, row in mapping.items():
        if not isinstance(row, Mapping) or not row:
            yield f"{key} is not a mapping with values"
            continue
        for name, value in row.items():
            if not _MAPPING_KEY.fullmatch(str(name)):
                yield f"the key {name} of {key} may only have letters, digits, dots and hyphens"
            if any(item is None or isinstance(item, (Mapping, list)) for item in as_list(value) or [None]):
                yield f"{key}.{name} is neither a text nor a list of texts"


_FAULTS: Final[Mapping[str, Callable[[Mapping[str, Any], Template], Iterator[str]]]] = {
    "Conditions": _of_condition,
    "Mappings": _of_mapping,
    "Outputs": _of_output,
    "Parameters": _of_parameter,
}
