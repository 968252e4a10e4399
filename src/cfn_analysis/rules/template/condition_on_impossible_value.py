import re
from collections.abc import Iterator
from typing import Any

from cfnlint.helpers import is_function

from cfn_analysis.model.references import value_at
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator
from cfn_analysis.rules.support.scenarios import number
from cfn_analysis.rules.support.values import as_text, children, ref_name, show

# Pseudo parameter -> pattern of its values.
PSEUDO = {
    "AWS::AccountId": re.compile(r"\d{12}"),
    "AWS::Partition": re.compile(r"aws(-[a-z]+)*"),
    "AWS::Region": re.compile(r"[a-z]{2}(-[a-z]+)+-\d"),
}


class ConditionOnImpossibleValue(Rule):
    """Condition that compares a parameter with a value it cannot have.

    Fn::Equals with a text that AllowedValues does not contain, or AllowedPattern does not match, is always
    false: the resources of the condition are never created, without any error. cfn-lint finds
    only two literals. Correct the text, or allow the value. The pseudo parameters have their form too, and a
    number is written without a zero before it. An entry of a map that a parameter chooses is one of those
    that the map has.
    """

    id = "E9506"
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-conditions.html"
    finding_class = "conditions"
    looks_at = ()

    def findings(self, validator: Validator, template: Any) -> Findings:
        parameters = template.get("Parameters")
        for section in ("Conditions", "Rules"):
            for pair, path in _equals(template.get(section), (section,)):
                for looked_up, literal in (pair, pair[::-1]):
                    name, entries = _map_entries(looked_up, template.get("Mappings"))
                    text = as_text(literal)
                    if entries and not isinstance(literal, dict | list) and text and text not in entries:
                        yield RuleFinding(
                            path,
                            f"Fn::Equals compares an entry of {name} with {show(text)}, and the map has "
                            f"{' and '.join(show(entry) for entry in sorted(entries)[:5])}: it is never "
                            "true.",
                        )
                for name, literal in ((ref_name(pair[0]), pair[1]), (ref_name(pair[1]), pair[0])):
                    if not name or is_function(literal)[0] or isinstance(literal, dict | list):
                        continue
                    text = as_text(literal)
                    allowed = _allowed(name, parameters if isinstance(parameters, dict) else {}, text)
                    if allowed:
                        yield RuleFinding(
                            path,
                            f"Fn::Equals compares {name} with {show(text)}, but {allowed}: it is never true.",
                        )


def _equals(part: Any, path: tuple[str | int, ...]) -> Iterator[tuple[list[Any], tuple[str | int, ...]]]:
    """Yield the two values of every Fn::Equals, with its path."""
    for key, value in children(part):
        if key == "Fn::Equals" and isinstance(value, list) and len(value) == 2:
            yield value, (*path, key)
        else:
            yield from _equals(value, (*path, key))


def _map_entries(value: Any, mappings: Any) -> tuple[str, set[str]]:
    """Return a map and what Fn::FindInMap with any first key can find in it; nothing if that is not known."""
    match is_function(value):
        case "Fn::FindInMap", [str(name), _, str(second)]:
            mapping = value_at(mappings, (name,))
        case _:
            return "", set()
    if not isinstance(mapping, dict) or "Fn::Transform" in mapping:
        return "", set()
    rows = [row for row in mapping.values() if isinstance(row, dict)]
    entries = [row[second] for row in rows if row.get(second) is not None]
    if any(isinstance(entry, list | dict) for entry in entries):
        return "", set()
    return name, {as_text(entry) for entry in entries}


def _allowed(name: str, parameters: Any, text: str) -> str:
    """Return the allowed values of a parameter if this text is not one of them; otherwise an empty text."""
    if name in PSEUDO:
        if PSEUDO[name].fullmatch(text):
            return ""
        return "no account, region or partition has this name"
    parameter = parameters.get(name)
    if not isinstance(parameter, dict) or not str(parameter.get("Type", "")).startswith(("String", "Number")):
        return ""
    allowed, pattern = parameter.get("AllowedValues"), parameter.get("AllowedPattern")
    if isinstance(allowed, list):
        texts = [as_text(value) for value in allowed]
        if text in texts:
            return ""
        return f"AllowedValues contains {' and '.join(show(allowed_text) for allowed_text in texts)}"
    if parameter["Type"] == "Number":
        return _as_number(parameter, text)
    if _refuses(pattern, text):
        return f"AllowedPattern {show(pattern)} does not match it"
    return ""


def _as_number(parameter: Any, text: str) -> str:
    """Return why a number is not written like this, or is not allowed; empty if it may be."""
    value = number(text)
    if value is None or re.match(r"[+-]?0\d|[+]", text):
        return "a number is not written like this"
    for limit, sign in (("MinValue", 1), ("MaxValue", -1)):
        bound = number(parameter.get(limit))
        if bound is not None and (value - bound) * sign < 0:
            return f"{limit} is {parameter[limit]}"
    return ""


def _refuses(pattern: object, text: str) -> bool:
    """Return whether an AllowedPattern does not match a text; False for syntax that only Java supports."""
    if not isinstance(pattern, str) or re.search(r"\[\[|\\[pP]\{|&&", pattern):
        return False
    try:
        return re.fullmatch(pattern, text) is None
    except re.error:
        return False
