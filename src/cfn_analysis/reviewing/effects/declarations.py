"""What follows from changes of a template that act later: constraints of parameters, rules, DependsOn.

That the values of the environments satisfy the new constraints is checked before a review.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/parameters-section-structure.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/rules-section-structure.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-dependson.html
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from cfn_analysis.model.references import as_list
from cfn_analysis.model.wording import beginning
from cfn_analysis.reviewing.template_changes import TemplateChange
from cfn_analysis.reviewing.values import text, words

_MOST: Final = 4  # of what a sentence lists
_UNNAMED: Final = "an assertion without a description"
# Constraint -> what it limits, whether a greater value allows more.
_LIMITS: Final[Mapping[str, tuple[str, bool]]] = {
    "MaxLength": ("longer values", True),
    "MaxValue": ("greater values", True),
    "MinLength": ("shorter values", False),
    "MinValue": ("smaller values", False),
}


def effect_of_declaration(change: TemplateChange) -> str:
    """Return what follows from a changed attribute, constraint or rule; empty if that is not known."""
    section, _, rest = change.path.partition(".")
    if change.name:
        if section == "DependsOn":
            return _order(change.before, change.after)
        return ""
    if section == "Rules":
        return _rule(change.before, change.after)
    _, _, key = rest.partition(".")
    if section == "Parameters" and key in _CONSTRAINTS:
        return _CONSTRAINTS[key](change.before, change.after)
    if section == "Parameters" and key in _LIMITS:
        return _limit(change.before, change.after, *_LIMITS[key])
    return ""


def _order(before: Any, after: Any) -> str:
    """Return how another DependsOn changes the order; references order resources in addition."""
    was, will = ([str(name) for name in as_list(side)] for side in (before, after))
    dropped = [name for name in was if name not in will]
    added = [name for name in will if name not in was]
    sentences = []
    if dropped:
        sentences.append(
            f"It no longer waits for {beginning(dropped, _MOST)}: without a reference to it, CloudFormation "
            "may create or update both at the same time, and delete it first."
        )
    if added:
        sentences.append(
            f"CloudFormation creates and updates it after {beginning(added, _MOST)}, and deletes it before."
        )
    return " ".join(sentences) or "The order of the entries has no effect."


def _rule(before: Any, after: Any) -> str:
    """Return what a rule that is removed, new or changed says: CloudFormation shows it with a refusal."""
    was, will = _assertions(before), _assertions(after)
    if before is None:
        return f"New deploys are refused unless: {beginning(will, _MOST)}."
    if after is None:
        return f"A deploy is no longer refused if this does not hold: {beginning(was, _MOST)}."
    dropped = [assertion for assertion in was if assertion not in will]
    added = [assertion for assertion in will if assertion not in was]
    sentences = []
    if dropped:
        sentences.append(f"It no longer says: {beginning(dropped, _MOST)}.")
    if added:
        sentences.append(f"It now says: {beginning(added, _MOST)}.")
    return " ".join(sentences)


def _assertions(rule: Any) -> list[str]:
    if not isinstance(rule, Mapping):
        return []
    assertions = [entry for entry in as_list(rule.get("Assertions")) if isinstance(entry, Mapping)]
    return [str(entry.get("AssertDescription") or _UNNAMED).rstrip(".") for entry in assertions]


def _allowed_values(before: Any, after: Any) -> str:
    if before is None:
        return f"CloudFormation refuses all values except {_first_values(after)}."
    if after is None:
        return "CloudFormation takes any value, not only the listed ones."
    was, will = ([text(value) for value in as_list(side)] for side in (before, after))
    added = [value for value in will if value not in was]
    dropped = [value for value in was if value not in will]
    sentences = []
    if dropped:
        sentences.append(f"CloudFormation refuses {beginning(dropped, _MOST)} from now on.")
    if added:
        sentences.append(f"CloudFormation takes {beginning(added, _MOST)} in addition.")
    return " ".join(sentences) or "The order of the values has no effect."


def _first_values(values: Any) -> str:
    return beginning([text(value) for value in as_list(values)], _MOST)


def _allowed_pattern(before: Any, after: Any) -> str:
    if before is None:
        return f"CloudFormation refuses values that do not match {words(after)}."
    if after is None:
        return f"CloudFormation takes values that do not match {words(before)}, too."
    return f"CloudFormation refuses values that do not match {words(after)}, no longer {words(before)}."


def _limit(before: Any, after: Any, beyond: str, allows_more: bool) -> str:
    try:
        was, will = (None if side is None else float(text(side)) for side in (before, after))
    except ValueError:
        return ""
    if will is None:
        return f"CloudFormation takes {beyond} than before, without a limit."
    if was is None or (will < was) is allows_more:
        return f"CloudFormation refuses {beyond} than {words(after)}."
    return f"CloudFormation takes {beyond} than before, to {words(after)}."


def _type(before: Any, after: Any) -> str:
    if after == "Number":
        return "CloudFormation refuses values that are not numbers."
    if text(after).startswith("AWS::SSM::Parameter::Value<"):
        return "CloudFormation reads the value from the parameter of this name in the Parameter Store."
    if _is_list(after) != _is_list(before):
        return "What reads it gets a list in place of a text, or the reverse, and must change, too."
    if text(after).startswith("AWS::"):
        return f"CloudFormation refuses values that do not exist in the account as {words(after)}."
    if before == "Number" or text(before).startswith("AWS::"):
        return f"CloudFormation no longer refuses values that are not of the type {words(before)}."
    return ""


def _is_list(kind: Any) -> bool:
    return "List" in text(kind)


def _no_echo(_before: Any, after: Any) -> str:
    if text(after).lower() == "true":  # the opposite is a risk
        return "CloudFormation shows its value as asterisks."
    return ""


_CONSTRAINTS: Final[Mapping[str, Callable[[Any, Any], str]]] = {
    "AllowedValues": _allowed_values,
    "AllowedPattern": _allowed_pattern,
    "NoEcho": _no_echo,
    "Type": _type,
}
