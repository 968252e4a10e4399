"""Hides secrets in answers of CloudFormation, before they become facts.

CloudFormation returns ``****`` for a NoEcho parameter. Other parameters, outputs and literals of a template
can contain a secret too; they are recognised as in the report of a review.
"""

import hmac
import json
import re
import secrets
from collections.abc import Mapping, Sequence
from typing import Any, Final

from cfn_analysis.model.intrinsics import as_strings
from cfn_analysis.model.template_text import TemplateTextError, read_template
from cfn_analysis.reviewing.hiding import HIDDEN_VALUE, shown

MASKS: Final = frozenset({"****", HIDDEN_VALUE})
"""Values that stand for a hidden one."""
_PAIRS: Final = (
    ("ParameterKey", "ParameterValue"),
    ("ParameterKey", "ResolvedValue"),
    ("OutputKey", "OutputValue"),
)
_LABELS: Final = ("Key", "Name", "HeaderName", "ParameterName")
_NAMES: Final = frozenset({"Ref", "Fn::GetAtt", "Fn::ImportValue", "Fn::GetStackOutput", "Fn::FindInMap"})
"""Functions whose arguments are names, and not the value."""
_PATTERNS: Final = frozenset({"SecretStringTemplate", "GenerateStringKey"})
"""Properties whose names look like a secret, and that contain the form of a generated one."""
_SALT: Final = secrets.token_bytes(32)


def digest(value: str) -> str:
    """Return a digest that only shows, among the facts of one run, whether two values are equal."""
    return hmac.new(_SALT, value.encode(), "sha256").hexdigest()


def in_stacks(stacks: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return descriptions of stacks with the secrets in parameters and outputs hidden."""
    return [_in_stack(stack) for stack in stacks]


def _in_stack(stack: Mapping[str, Any]) -> dict[str, Any]:
    hidden = dict(stack)
    for key in ("Parameters", "Outputs"):
        if key in stack:
            hidden[key] = [_hide_pairs(entry) for entry in stack[key]]
    return hidden


def in_drifts(drifts: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return drifts of resources with the secrets in their values hidden, by the names of the properties.

    Other values may be secrets too: of these, only the template says it, see ``is_secret_in``.
    """
    return [_in_drift(drift) for drift in drifts]


def _in_drift(drift: Mapping[str, Any]) -> dict[str, Any]:
    type_name = str(drift.get("ResourceType"))
    differences = []
    for difference in drift.get("PropertyDifferences", []):
        names = [step for step in difference["PropertyPath"].split("/") if step and not step.isdigit()]
        name = (names or [""])[-1]
        values = {
            key: _in_text(difference[key], name, type_name)
            for key in ("ExpectedValue", "ActualValue")
            if difference.get(key)
        }
        differences.append({**difference, **values})
    return {**drift, "PropertyDifferences": differences}


def _in_text(text: str, name: str, type_name: str) -> str:
    """Return a value of a drift without secrets; what is not a text is JSON in it."""
    # The header of an item of its own can be the key of the origin, and its name is not in the path.
    if name == "HeaderValue":
        return HIDDEN_VALUE
    try:
        value = json.loads(text)
    except ValueError:
        return str(_hide(text, name, type_name))
    if not isinstance(value, (dict, list)):
        return str(_hide(text, name, type_name))
    clean = _hide(value, name, type_name)
    return text if clean == value else json.dumps(clean)


def is_secret_in(template: Mapping[str, Any], value: Any) -> bool:
    """Return whether a value of a template contains a dynamic reference, or a parameter with NoEcho."""
    text = json.dumps(value)
    if "{{resolve:" in text:
        return True
    secret = [
        name
        for name, parameter in template.get("Parameters", {}).items()
        if str(parameter.get("NoEcho")).lower() == "true"
    ]
    return any(re.search(rf'["{{]{name}["}}]', text) for name in secret)


def in_template(body: str | Mapping[str, Any]) -> str:
    """Return the text of a template; if it contains secrets, without them and as JSON.

    Args:
        body: text, or the decoded template if it is JSON.

    Returns:
        An empty text for a template that cannot be compared, such as one with a macro, because its secrets
        cannot be recognised.
    """
    text = body if isinstance(body, str) else json.dumps(body, indent=2)
    try:
        template = read_template(text)
    except TemplateTextError:
        return ""
    clean = _without_secrets(template)
    return text if clean == template else json.dumps(clean, indent=2)


def _hide_pairs(entry: Mapping[str, Any]) -> dict[str, Any]:
    hidden = {
        value: shown(entry[value], entry[key]) for key, value in _PAIRS if value in entry and key in entry
    }
    return {**entry, **hidden}


def _without_secrets(template: Mapping[str, Any]) -> dict[str, Any]:
    clean = {
        # The name of a condition, such as HasPassword, is not the name of the values in it.
        section: content if section == "Conditions" else _hide(content, "", "")
        for section, content in template.items()
    }
    for name, resource in template["Resources"].items():
        if isinstance(resource, Mapping) and "Properties" in resource:
            properties = _hide(resource["Properties"], "", str(resource.get("Type")))
            clean["Resources"][name] = {**clean["Resources"][name], "Properties": properties}
    for name, parameter in template.get("Parameters", {}).items():
        if "Default" in parameter:
            default = as_strings(parameter["Default"])
            secret = str(parameter.get("NoEcho")).lower() == "true" and default != ""
            default = HIDDEN_VALUE if secret else shown(default, name)
            if default == HIDDEN_VALUE:
                clean["Parameters"][name] = {**clean["Parameters"][name], "Default": default}
    return clean


def _hide(node: Any, name: str, type_name: str) -> Any:
    """Return a part of a template without secrets.

    The name is its key; for the value of a pair, also the name in the pair.
    """
    if isinstance(node, list):
        return [_hide(element, name, type_name) for element in node]
    if isinstance(node, Mapping):
        label = next((node[key] for key in _LABELS if isinstance(node.get(key), str)), "")
        return {
            key: _hide_entry(key, value, _name(key, name, label), type_name) for key, value in node.items()
        }
    # The ARN of a secret contains the word, but no secret.
    if isinstance(node, str) and name not in _PATTERNS and not node.startswith("arn:"):
        return shown(node, name, type_name)
    return node


def _hide_entry(key: str, value: Any, name: str, type_name: str) -> Any:
    if key in _NAMES:
        return value
    if key == "Fn::If" and isinstance(value, list):
        return [*value[:1], *_hide(value[1:], name, type_name)]
    return _hide(value, name, type_name)


def _name(key: str, parent: str, label: str) -> str:
    """Return the name of an entry: a function has the name of its parent."""
    if key.startswith("Fn::") or key == "Ref":
        return parent
    return f"[{label}].{key}" if label and key.endswith("Value") else key
