"""A side of a review, and the side of a single template."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from cfn_analysis.model.built_stack import BuiltStack
from cfn_analysis.model.parameter_constraints import violations
from cfn_analysis.model.source_lines import candidate_lines, line_of
from cfn_analysis.model.template_text import (
    TemplateSource,
    TemplateTextError,
    read_template,
    source_path,
    source_text,
)
from cfn_analysis.model.wording import quoted
from cfn_analysis.reviewing.acceptance import Acceptance


class ReviewError(ValueError):
    """The sides cannot be compared; the message states what to do."""


class Side(NamedTuple):
    """One side of a review.

    Attributes:
        name: the name shown in reports.
        stacks: in deploy order.
        environments: name -> stack -> parameter -> value. The name is "" for a single template, and for a
            folder without parameter files, to which the defaults apply.
        files: environment -> parameter -> the file in which a person sets it, if it is known.
        value_files: environment -> stack -> the file with its parameter values, for all others.
        root: the folder of the templates, to which the sources are relative; None without files.
        source_folders: folders that can contain the modules of the stacks, relative to ``root``.
        documents: reads the other files that may read tags, by name: policies, parsed, and scripts as text.
        rights: stack -> text of the template of the roles that deploy it, if it is known.
    """

    name: str
    stacks: tuple[BuiltStack, ...]
    environments: Mapping[str, Mapping[str, Mapping[str, str]]]
    files: Mapping[str, Mapping[str, str]] = {}
    value_files: Mapping[str, Mapping[str, str]] = {}
    root: Path | None = None
    source_folders: Sequence[Path] = ()
    acceptances: tuple[Acceptance, ...] = ()
    documents: Callable[[], Mapping[str, Any]] = dict
    rights: Mapping[str, str] = {}

    @property
    def is_template(self) -> bool:
        """Whether it is a single template, so that the stacks that import its exports are not known."""
        return self.root is None and [*self.environments] == [""] and len(self.stacks) == 1

    def modules(self, stack: BuiltStack) -> list[Path]:
        """Return the possible paths of the module of a stack."""
        if self.root is None or not stack.source:
            return []
        return [self.root / folder / stack.source for folder in self.source_folders]

    def source(self, stack: BuiltStack) -> Mapping[str, str]:
        """Return logical ID -> module and, if known, line; empty if the module does not exist."""
        for file in self.modules(stack):
            try:
                candidates = candidate_lines(file.read_text("utf-8"))
            except (OSError, SyntaxError, ValueError):
                continue
            path = file.relative_to(self.root or file.root)
            sources = defaultdict(path.as_posix)  # a removed resource has only the module
            for name in (*stack.template.get("Resources", {}), *stack.template.get("Outputs", {})):
                line = line_of(name, candidates)
                if line is not None:
                    sources[name] = f"{path.as_posix()}:{line}"
            return sources
        return {}


def template(
    source: TemplateSource,
    region: str,
    parameters: Mapping[str, str] = MappingProxyType({}),
    stack: str = "template",
    *,
    name: str = "",
    values_file: str = "",
) -> Side:
    """Return a single template as a side of a review; both sides have the same name of the stack.

    Args:
        source: its text, its bytes or its file.
        region: the region of the stack.
        parameters: values that replace the defaults of its parameters.
        stack: the name of the stack.
        name: the template in reports and messages; by default its path.
        values_file: the file with the values, for reports.

    Raises:
        OSError: the file cannot be read.
        ReviewError: it is not a template, or it does not have a parameter, or not for this value.
    """
    side = _without_values(source, region, stack, name or source_path(source) or "<template>")
    built = side.stacks[0]
    unknown = [parameter for parameter in parameters if parameter not in built.parameters]
    if unknown:
        raise ReviewError(
            f"{side.name} does not have the parameter {', '.join(unknown)}. "
            "Remove it from the parameter file."
        )
    files = dict.fromkeys(parameters, values_file) if values_file else {}
    return _with_values(side, parameters)._replace(files={"": files})


def two_templates(
    before: TemplateSource, after: TemplateSource, region: str, parameters: Mapping[str, str]
) -> tuple[Side, Side]:
    """Return two versions of a template; a parameter of only one of them has its value there.

    Raises:
        OSError, ReviewError: as ``template``.
    """
    old = _without_values(before, region, "template", source_path(before) or "before")
    new = _without_values(after, region, "template", source_path(after) or "after")
    declared = [*old.stacks[0].parameters, *new.stacks[0].parameters]
    unknown = [parameter for parameter in parameters if parameter not in declared]
    if unknown:
        raise ReviewError(f"Neither template has the parameter {', '.join(unknown)}. Remove its value.")
    return _with_values(old, parameters), _with_values(new, parameters)


def _without_values(source: TemplateSource, region: str, stack: str, name: str) -> Side:
    try:
        text = source_text(source)
        content = read_template(text)
    except TemplateTextError as error:
        raise ReviewError(f"Cannot read {name}: {error}") from error
    built = BuiltStack(stack, Path(name).name, region, content, text=text)
    return Side(name, (built,), {"": {stack: {}}}, {"": {}})


def _with_values(side: Side, parameters: Mapping[str, str]) -> Side:
    """Return a single template with the values of the parameters that it has."""
    built = side.stacks[0]
    values = {name: value for name, value in parameters.items() if name in built.parameters}
    for parameter, value in values.items():
        _require_accepted(side.name, parameter, value, built.parameters[parameter])
    return side._replace(environments={"": {built.name: values}})


def _require_accepted(template_name: str, parameter: str, value: Any, declaration: Mapping[str, Any]) -> None:
    if not isinstance(value, str):
        return  # refused when the template is resolved
    reasons = violations(value, declaration)
    if not reasons:
        return
    message = f"{template_name}: the parameter {parameter} has the value {quoted(value)}, which "
    message += f"{' and '.join(reasons)}."
    if description := declaration.get("ConstraintDescription"):
        message += f' Constraint in the template: "{description}".'
    raise ReviewError(message)
