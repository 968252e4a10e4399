"""Evaluates IAM policies according to the IAM user guide.

It evaluates the policies of one principal in its account: identity policies, a permissions boundary and a
session policy. Resource-based policies, organizations and other accounts are not supported. Anything that is
not supported, or not documented by AWS, raises ``UnclearError``, because a wrong guess could pass a policy.

``test_policy_evaluator.py`` tests it with the examples of the user guide.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import Enum
from functools import cache
from typing import Any, Final, NamedTuple

Document = Mapping[str, Any]
Value = str | Sequence[str]

_VARIABLE: Final = re.compile(r"\$\{([^}]*)\}")
_CURRENT: Final = "2012-10-17"
_ELEMENTS: Final = frozenset({"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"})


class UnclearError(ValueError):
    """A policy or a request whose meaning is not documented, or that the evaluator does not support."""


class Decision(Enum):
    """The decision about a request."""

    ALLOW = "allow"
    IMPLICIT_DENY = "implicit deny"
    EXPLICIT_DENY = "explicit deny"


class Request(NamedTuple):
    """One action on one resource.

    An API call with several resources is several requests, each of which must be allowed.

    Attributes:
        action: such as ``kms:CreateKey``.
        resource: the ARN, or ``*`` if the action does not support ARNs.
        context: condition key -> its value, or a list if the key can have several. A key that is not in the
            request is left out.
    """

    action: str
    resource: str
    context: Mapping[str, Value] = {}


def decide(
    request: Request,
    identity: Sequence[Document],
    *,
    boundary: Document | None = None,
    session: Document | None = None,
) -> Decision:
    """Return the decision: an explicit deny in any policy overrides, and each kind must allow.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html

    Raises:
        UnclearError: a policy cannot be evaluated.
    """
    kinds = [identity]
    if boundary is not None:
        kinds.append([boundary])
    if session is not None:
        kinds.append([session])
    effects_of_kinds = [_effects_of_all(documents, request) for documents in kinds]
    if any("Deny" in effects for effects in effects_of_kinds):
        return Decision.EXPLICIT_DENY
    if all("Allow" in effects for effects in effects_of_kinds):
        return Decision.ALLOW
    return Decision.IMPLICIT_DENY


def _effects_of_all(documents: Sequence[Document], request: Request) -> set[str]:
    effects: set[str] = set()
    for document in documents:
        effects.update(_effects(document, request))
    return effects


def _effects(document: Document, request: Request) -> Iterator[str]:
    """Yield the effect of each statement that applies."""
    context = {key.lower(): value for key, value in request.context.items()}
    if len(context) != len(request.context):
        raise UnclearError(f"A condition key is in the request twice: {sorted(request.context)}")
    texts = _Texts(context, variables=document.get("Version") == _CURRENT)
    for statement in _listed(document["Statement"]):
        if unknown := set(statement) - _ELEMENTS:
            raise UnclearError(f"A statement has {', '.join(sorted(unknown))}, which is not judged here.")
        if statement["Effect"] not in ("Allow", "Deny"):
            raise UnclearError(f"Effect is {statement['Effect']!r}.")
        if not _concerns(statement, "Action", lambda pattern: _names_action(pattern, request.action)):
            continue
        if not _concerns(statement, "Resource", lambda arn: texts.names_resource(arn, request.resource)):
            continue
        if _meets_conditions(statement, context, texts):
            yield statement["Effect"]


def _concerns(statement: Document, element: str, matches: Callable[[str], bool]) -> bool:
    """Return whether ``Action`` or ``Resource`` of a statement, or its ``Not`` form, matches the request."""
    keys = [key for key in (element, f"Not{element}") if key in statement]
    if len(keys) != 1:
        raise UnclearError(f"A statement has to have {element} or Not{element}, one of them.")
    (key,) = keys
    matching = [matches(pattern) for pattern in _listed(statement[key])]  # a wrong one is always an error
    return any(matching) == (key == element)


def _names_action(pattern: str, action: str) -> bool:
    """Return whether an action matches, without regard to case.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
    """
    return _action_pattern(pattern).fullmatch(action.lower()) is not None


@cache
def _action_pattern(pattern: str) -> re.Pattern[str]:
    if pattern != "*" and not re.fullmatch(r"[a-z0-9-]+:[a-z0-9*?]+", pattern, re.IGNORECASE):
        raise UnclearError(f"{pattern!r} is not an action.")
    return _glob(pattern.lower())


class _Texts:
    """The texts of a policy, whose variables have the values of a request."""

    def __init__(self, context: Mapping[str, Value], *, variables: bool) -> None:
        self._context = context
        self._variables = variables

    def names_resource(self, pattern: str, arn: str) -> bool:
        """Return whether an ARN matches. If a variable has no value, it does not match.

        A star at the end of a segment also matches colons. Other stars match only in their segment.
        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
        """
        if pattern == "*":
            return True
        segments = _VARIABLE.sub("\0", pattern).split(":", 5)
        if len(segments) < 6:
            raise UnclearError(f"{pattern!r} is not an ARN.")
        if self._variables and "\0" in "".join(segments[:5]):
            raise UnclearError(f"{pattern!r} has a variable before the fifth colon, where AWS takes none.")
        regex = self.pattern(pattern, star=_star_in_arn, question_mark="[^:]")
        return regex is not None and re.fullmatch(regex, arn, re.DOTALL) is not None

    def pattern(
        self,
        text: str,
        star: Callable[[str], str] | None = lambda _: ".*",
        question_mark: str = ".",
    ) -> str | None:
        """Return a text as a regular expression; None if one of its variables has no value.

        The value of a variable is literal. Without ``star`` so are stars and question marks.
        https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html
        """
        if not self._variables or "${" not in text:
            return _without_variables(text, star, question_mark)
        regex = ""
        position = 0
        while position < len(text):
            variable = _VARIABLE.match(text, position)
            if variable:
                value = self._value(variable[1])
                if value is None:
                    return None
                regex += re.escape(value)
                position = variable.end()
                continue
            regex += _of_character(text, position, star, question_mark)
            position += 1
        return regex

    def _value(self, variable: str) -> str | None:
        """Return the value of a variable: ``${*}``, a key, or a key with a default in quotes."""
        if variable in ("*", "?", "$"):
            return variable
        parts = re.fullmatch(r"([^\s,']+)(?:\s*,\s*'([^']*)')?", variable)
        if parts is None:
            raise UnclearError(f"${{{variable}}} is not a policy variable.")
        value = self._context.get(parts[1].lower(), parts[2])
        if value is not None and not isinstance(value, str):
            raise UnclearError(
                f"${{{variable}}} may have several values, and AWS takes single ones in variables."
            )
        return value


@cache
def _without_variables(text: str, star: Callable[[str], str] | None, question_mark: str) -> str:
    characters = range(len(text))
    return "".join(_of_character(text, position, star, question_mark) for position in characters)


def _of_character(text: str, position: int, star: Callable[[str], str] | None, question_mark: str) -> str:
    """Return the regular expression of a character of a text."""
    character = text[position]
    if star and character == "*":
        return star(text[position + 1 :])
    if star and character == "?":
        return question_mark
    return re.escape(character)


def _meets_conditions(statement: Document, context: Mapping[str, Value], texts: _Texts) -> bool:
    """Return whether every condition of a statement is met."""
    for operator, keys in statement.get("Condition", {}).items():
        for key, values in keys.items():
            if not _holds(operator, context.get(key.lower()), _listed(values), texts):
                return False
    return True


def _star_in_arn(rest: str) -> str:
    """Return the regular expression of a star before the rest of a pattern."""
    if rest == "" or rest.startswith(":"):
        return ".*"
    return "[^:]*"


def _holds(name: str, value: Value | None, allowed: Sequence[Any], texts: _Texts) -> bool:
    """Return whether a condition on one key is met; ``value`` is None if the request does not have the key.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
    """
    parts = re.fullmatch(r"(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?", name)
    if parts is None:
        raise UnclearError(f"{name} is not a condition operator.")
    quantifier, operator, if_exists = parts.groups()
    patterns = [_as_text(pattern) for pattern in allowed]
    if operator == "Null":
        if quantifier or if_exists or not set(patterns) <= {"true", "false"}:
            raise UnclearError(f"{name} {patterns} is not judged here.")
        if value == "":
            raise UnclearError(f"{name} on an empty text: AWS does not say whether that is null.")
        return ("false" if value else "true") in patterns
    matches = _operator(operator)
    if quantifier == "ForAnyValue" and if_exists:
        # False was observed for an absent key, although the documentation of IfExists says true:
        # https://repost.aws/questions/QU9HFmDzP0QGuU-fd7rS6B7w/foranyvalue-stringequalsifexists-behaving-unexpectedly
        raise UnclearError(f"{name}: what it means for an absent key is not clear.")
    if value is None and if_exists:
        return True
    if quantifier is None:
        if value is not None and not isinstance(value, str):
            raise UnclearError(f"{name} needs ForAllValues or ForAnyValue: its key may have several values.")
        return matches(value, patterns, texts)
    values = [value] if isinstance(value, str) else list(value or ())
    met = [matches(single_value, patterns, texts) for single_value in values]
    if quantifier == "ForAllValues":
        return all(met)
    return any(met)


def _as_text(pattern: Any) -> str:
    """Return a value of a condition as text; a boolean as IAM writes it."""
    if isinstance(pattern, bool):
        return str(pattern).lower()
    return str(pattern)


def _operator(name: str) -> Callable[[str | None, Sequence[str], _Texts], bool]:
    """Return the function that compares a value with those of a policy.

    Negated forms are true if none matches.
    """
    negated = "Not" in name
    plain = name.replace("Not", "", 1)

    if plain not in _OPERATORS or (negated and plain == "Bool"):
        raise UnclearError(f"{name} is not a condition operator, or not judged here.")
    matches = _OPERATORS[plain]

    def compare(value: str | None, patterns: Sequence[str], texts: _Texts) -> bool:
        is_matched = value is not None and any(matches(value, pattern, texts) for pattern in patterns)
        return is_matched != negated

    return compare


def _string_equals(value: str, pattern: str, texts: _Texts) -> bool:
    regex = texts.pattern(pattern, star=None)
    return regex is not None and re.fullmatch(regex, value) is not None


def _string_equals_ignore_case(value: str, pattern: str, texts: _Texts) -> bool:
    regex = texts.pattern(pattern, star=None)
    return regex is not None and re.fullmatch(regex, value, re.IGNORECASE) is not None


def _string_like(value: str, pattern: str, texts: _Texts) -> bool:
    regex = texts.pattern(pattern)
    return regex is not None and re.fullmatch(regex, value, re.DOTALL) is not None


def _arn_like(value: str, pattern: str, texts: _Texts) -> bool:
    """Compare ARNs segment by segment; ``ArnEquals`` does the same."""
    segments = value.split(":", 5)
    patterns = pattern.split(":", 5)
    if len(segments) != len(patterns):
        return False
    return all(
        _string_like(segment, pattern_of_segment, texts)
        for segment, pattern_of_segment in zip(segments, patterns, strict=True)
    )


def _bool(value: str, pattern: str, texts: _Texts) -> bool:
    return _string_equals_ignore_case(value, pattern, texts)


_OPERATORS: Final[Mapping[str, Callable[[str, str, _Texts], bool]]] = {
    "StringEquals": _string_equals,
    "StringEqualsIgnoreCase": _string_equals_ignore_case,
    "StringLike": _string_like,
    "ArnEquals": _arn_like,
    "ArnLike": _arn_like,
    "Bool": _bool,
    "NumericEquals": lambda value, limit, _: float(value) == float(limit),
    "NumericLessThan": lambda value, limit, _: float(value) < float(limit),
    "NumericLessThanEquals": lambda value, limit, _: float(value) <= float(limit),
    "NumericGreaterThan": lambda value, limit, _: float(value) > float(limit),
    "NumericGreaterThanEquals": lambda value, limit, _: float(value) >= float(limit),
}


@cache
def _glob(pattern: str) -> re.Pattern[str]:
    return re.compile(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."))


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]
