"""Checks single values against the declarations of their parameters."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from cfn_analysis.model.intrinsics import as_strings
from cfn_analysis.model.parameter_constraints import violations
from cfn_analysis.model.wording import quoted, series
from csr_templates.environments.accounts import ACCOUNT_ID
from csr_templates.environments.files import Number, ParameterFinding, excerpt

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

    from cfn_analysis.model.built_stack import BuiltStack

ZONE = "AWS::EC2::AvailabilityZone::Name"
TYPES = ("String", "Number", ZONE)

# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
LONGEST_VALUE = 4096  # bytes

# A number in its shortest form, so that CloudFormation shows the value of the file.
NUMBER = re.compile(r"0|-?[1-9][0-9]*|-?(0|[1-9][0-9]*)[.][0-9]*[1-9]")


class Value(NamedTuple):
    """The value of a parameter in one environment, and its file."""

    text: str
    file: str
    origin: str  # "", "for dev" (in shared.json) or "by default"


class Candidate:
    """An environment whose values have been checked separately.

    Attributes:
        name: the environment, such as ``dev``.
        file: its file.
        own: the keys of the file.
        keys: the keys of the file and of the shared file.
        values: the correct values of all parameters of the files: own, shared or default.
    """

    def __init__(
        self,
        name: str,
        file: str,
        own: Sequence[str],
        keys: Set[str],
        values: dict[str, Value] | None = None,
    ) -> None:
        self.name = name
        self.file = file
        self.own = own
        self.keys = keys
        self.values = values or {}

    def knows(self, *names: str) -> bool:
        """Return whether these parameters are declared and have correct values."""
        return all(name in self.values for name in names)

    def text(self, name: str) -> str:
        """Return the value of a parameter."""
        return self.values[name].text

    def finding(self, name: str, what: str) -> ParameterFinding:
        """Return the error of one parameter; ``what`` is the text after the value found."""
        value = self.values[name]
        beginning = f"Found {value.origin}" if value.origin else "Found"
        return ParameterFinding(value.file, name, f"{beginning} {quoted(value.text)}, {what}")


def require_declarations(stacks: Iterable[BuiltStack]) -> None:
    """Check that the values of all parameters can be checked, and that per-deploy parameters are declared.

    Raises:
        ValueError: a template or a stack is wrong; the message states what to do.
    """
    for stack in stacks:
        if ACCOUNT_ID in stack.parameters:
            raise ValueError(
                f"Stack {stack.name}: The template has a parameter {ACCOUNT_ID}, but this key of a parameter "
                "file states the account of the environment. Use the pseudo parameter AWS::AccountId, or "
                "another name."
            )
        for name, declaration in stack.parameters.items():
            if declaration["Type"] not in TYPES:
                raise ValueError(
                    f"Stack {stack.name}: The parameter {name} has the type {declaration['Type']}, but "
                    f"only values of {', '.join(TYPES)} can be checked. Use one of them."
                )
        if missing := set(stack.per_deploy) - set(stack.parameters):
            raise ValueError(
                f"Stack {stack.name}: The template does not have the parameter {', '.join(sorted(missing))}, "
                "which the stack lists as per-deploy. Declare it, or remove it from the list."
            )


def text_of(value: Any) -> str:
    """Return a value of a file as text, for CloudFormation."""
    if isinstance(value, Number):
        return value.text
    return str(as_strings(value))


def default_refusals(name: str, stack: BuiltStack, origin: str = "") -> list[str]:
    """Return why a template does not allow the default of its own parameter; empty if it does."""
    default = stack.default(name)
    if default is None:
        return []
    if stack.parameters[name]["Type"] == "Number":
        return value_refusals(Number(default), name, [stack], origin)
    return value_refusals(default, name, [stack], origin)


def value_refusals(value: Any, name: str, stacks: Iterable[BuiltStack], origin: str = "") -> list[str]:
    """Return why the templates with parameter ``name`` do not allow ``value``; empty if all allow it."""
    refused: dict[tuple[str, str], list[str]] = {}
    for stack in stacks:
        declaration = stack.parameters[name]
        reasons = " and ".join(_reasons(value, declaration, stack.region))
        if reasons:
            constraint = declaration.get("ConstraintDescription", "")
            refused.setdefault((reasons, constraint), []).append(stack.name)
    return [
        f"Found {origin}{excerpt(value)}, {reasons}. {_source(names, constraint)}"
        for (reasons, constraint), names in refused.items()
    ]


def _source(stacks: Sequence[str], constraint: str) -> str:
    where = f"{stacks[0]} template" if len(stacks) == 1 else f"templates {series(stacks)}"
    if not constraint:
        return f"This is a constraint in the {where}."
    return f'Constraint in the {where}: "{constraint}".'


def _reasons(value: Any, declaration: Mapping[str, Any], region: str) -> Iterator[str]:
    if expected := _expected(value, declaration):
        yield f"but the parameter must be {expected}"
        return
    text = text_of(value)
    try:
        size = len(text.encode("utf-8"))
    except UnicodeEncodeError:
        yield "which contains half of a surrogate pair"
        return
    if size > LONGEST_VALUE:
        yield f"which has {size} bytes, more than the limit of {LONGEST_VALUE}"
    broken = list(_broken_constraints(text, declaration, region))
    if broken:
        yield f"which {' and '.join(broken)}"


def _expected(value: Any, declaration: Mapping[str, Any]) -> str:
    """Return the JSON type of the parameter if ``value`` has another type; otherwise empty."""
    if declaration["Type"] == "Number":
        if isinstance(value, Number | str) and NUMBER.fullmatch(text_of(value)):
            return ""
        return "a number in its shortest form, such as 1024"
    if isinstance(value, str):
        return ""
    allowed = {as_strings(allowed_value) for allowed_value in declaration.get("AllowedValues", [])}
    if allowed != {"true", "false"}:
        return "a text in double quotes"
    if isinstance(value, bool):
        return ""
    return "true or false"


def _broken_constraints(text: str, declaration: Mapping[str, Any], region: str) -> Iterator[str]:
    yield from violations(text, declaration)
    if declaration["Type"] == ZONE and not re.fullmatch(f"{re.escape(region)}[a-z]", text):
        yield f"is not an Availability Zone of {region}, the region of the stack, such as {region}a"
