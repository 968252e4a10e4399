"""Judge one value by what the templates declare of its parameter."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from csr_templates.cloudformation.intrinsics import as_strings
from csr_templates.environments.files import Number, shown
from csr_templates.environments.properties import Site, sites

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

ZONE = "AWS::EC2::AvailabilityZone::Name"
TYPES = ("String", "Number", ZONE)

LONGEST_VALUE = (
    4096  # bytes; https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
)

# A number in its shortest form: what an operator writes is what CloudFormation shows.
_NUMBER = re.compile(r"0|-?[1-9][0-9]*|-?(0|[1-9][0-9]*)[.][0-9]*[1-9]")


@dataclass(frozen=True)
class StackSchema:
    """What one stack asks of the parameter files.

    Attributes:
        stack: name of the stack, such as ``network``.
        region: AWS region that it is deployed to.
        template: the template, as troposphere's ``to_dict`` gives it.
        per_deploy: parameters that the files must not hold, since each deploy decides them.

    Raises:
        ValueError: a parameter has a type that this module cannot judge, or a per-deploy one is not declared.
    """

    stack: str
    region: str
    template: Mapping[str, Any]
    per_deploy: Sequence[str] = ()

    def __post_init__(self) -> None:
        for name, declaration in self.parameters.items():
            if declaration["Type"] not in TYPES:
                raise ValueError(
                    f"Stack {self.stack}: The parameter {name} has the type {declaration['Type']}, but "
                    f"values can only be judged for {', '.join(TYPES)}. Use one of them."
                )
        if missing := set(self.per_deploy) - set(self.parameters):
            raise ValueError(
                f"Stack {self.stack}: The template has no parameter {', '.join(sorted(missing))}, which the "
                "stack lists as per-deploy. Declare it, or take it off the list."
            )

    @property
    def parameters(self) -> Mapping[str, Mapping[str, Any]]:
        """The Parameters section."""
        section: Mapping[str, Mapping[str, Any]] = self.template.get("Parameters", {})
        return section

    @property
    def in_files(self) -> list[str]:
        """The parameters that the files decide, in the template's order."""
        return [name for name in self.parameters if name not in self.per_deploy]

    @property
    def defaults(self) -> dict[str, str | None]:
        """The defaults of what the files decide."""
        return {name: self.default(name) for name in self.in_files}

    @cached_property
    def sites(self) -> list[Site]:
        """The values of the template that depend on parameters."""
        return sites(self)

    def default(self, name: str) -> str | None:
        """Return the default of a parameter as CloudFormation passes it on: a string."""
        default = self.parameters[name].get("Default")
        return None if default is None else str(as_strings(default))


def text_of(value: Any) -> str:
    """Return a value of a file as CloudFormation takes it: a string."""
    return value.text if isinstance(value, Number) else str(as_strings(value))


def refused_default(name: str, schema: StackSchema, origin: str = "") -> list[str]:
    """Return why a template refuses the default of its own parameter; empty where there is none."""
    default = schema.default(name)
    if default is None:
        return []
    is_number = schema.parameters[name]["Type"] == "Number"
    return refusals(Number(default) if is_number else default, name, [schema], origin)


def refusals(value: Any, name: str, schemas: Iterable[StackSchema], origin: str = "") -> list[str]:
    """Return why the templates that declare parameter ``name`` refuse ``value``; empty if all accept it.

    Args:
        value: a string, number or boolean as ``read_flat`` gives it, or anything else that JSON can hold.
        name: the parameter.
        schemas: the stacks whose templates declare it.
        origin: words in front of the value.
    """
    refused: dict[tuple[str, str], list[str]] = {}
    for schema in schemas:
        declaration = schema.parameters[name]
        reasons = " and ".join(_reasons(value, declaration, schema.region))
        if reasons:
            constraint = declaration.get("ConstraintDescription", "")
            refused.setdefault((reasons, constraint), []).append(schema.stack)
    return [
        f"Found {origin}{shown(value)}, {reasons}. {_source(stacks, constraint)}"
        for (reasons, constraint), stacks in refused.items()
    ]


def _source(stacks: Sequence[str], constraint: str) -> str:
    who = (
        f"The {stacks[0]} template says" if len(stacks) == 1 else f"The templates {' and '.join(stacks)} say"
    )
    return f'{who}: "{constraint}".' if constraint else f"{who} so."


def _reasons(value: Any, declaration: Mapping[str, Any], region: str) -> Iterator[str]:
    if expected := _expected(value, declaration):
        yield f"where the parameter takes {expected}"
        return
    text = text_of(value)
    try:
        size = len(text.encode("utf-8"))
    except UnicodeEncodeError:
        yield "which holds half of a surrogate pair"
        return
    if size > LONGEST_VALUE:
        yield f"which has {size} bytes where CloudFormation takes at most {LONGEST_VALUE}"
    broken = list(_broken_constraints(text, declaration, region))
    if broken:
        yield f"which {' and '.join(broken)}"


def _expected(value: Any, declaration: Mapping[str, Any]) -> str:
    """Say what the parameter takes where ``value`` is of another kind; empty where it is of the right one."""
    if declaration["Type"] == "Number":
        if isinstance(value, Number | str) and _NUMBER.fullmatch(text_of(value)):
            return ""
        return "a number in its shortest form, such as 1024"
    if isinstance(value, str):
        return ""
    if set(map(as_strings, declaration.get("AllowedValues", []))) == {"true", "false"}:
        return "" if isinstance(value, bool) else "true or false"
    return "a text in double quotes"


def _broken_constraints(text: str, declaration: Mapping[str, Any], region: str) -> Iterator[str]:
    allowed = [as_strings(item) for item in declaration.get("AllowedValues", [])]
    if allowed and text not in allowed:
        yield f"is not one of {', '.join(allowed)}"
    if declaration["Type"] == ZONE and not re.fullmatch(f"{re.escape(region)}[a-z]", text):
        yield f"is no Availability Zone of {region}, where the stack lives; these look like {region}a"
    pattern = declaration.get("AllowedPattern")
    if pattern is not None and not re.fullmatch(pattern, text):
        # The pattern itself helps only where nobody has put it into words.
        yield "does not match" + (" the pattern" if "ConstraintDescription" in declaration else f" {pattern}")
    low, high = (declaration.get(bound) for bound in ("MinLength", "MaxLength"))
    if low is not None and len(text) < int(low):
        yield f"has the length {len(text)}, less than {low}"
    if high is not None and len(text) > int(high):
        yield f"has the length {len(text)}, more than {high}"
    low, high = (declaration.get(bound) for bound in ("MinValue", "MaxValue"))
    if low is not None and Decimal(text) < Decimal(str(low)):
        yield f"is less than {low}"
    if high is not None and Decimal(text) > Decimal(str(high)):
        yield f"is more than {high}"
