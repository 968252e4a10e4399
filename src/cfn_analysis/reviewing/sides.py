"""A side of a review, and the side of a single template."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from cfn_analysis.model.built_stack import BuiltStack
from cfn_analysis.model.source_lines import candidate_lines, line_of
from cfn_analysis.model.template_text import TemplateTextError, read_template
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
        documents: reads the other files that may read the tags of resources: policies, parsed, and scripts.
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
    documents: Callable[[], Sequence[Any]] = tuple
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
    path: str,
    data: bytes,
    region: str,
    parameters: Mapping[str, str] = MappingProxyType({}),
    stack: str = "template",
    values_file: str = "",
) -> Side:
    """Return a single template, of a stack with the same name on both sides; ``path`` is for messages.

    Raises:
        ReviewError: it is not a template, or it does not have a parameter for a value.
    """
    try:
        text = data.decode("utf-8-sig")
        content = read_template(text)
    except UnicodeDecodeError as error:
        raise ReviewError(f"Cannot read {path}: it is not UTF-8. Save the template as UTF-8.") from error
    except TemplateTextError as error:
        raise ReviewError(f"Cannot read {path}: {error}") from error
    if unknown := [name for name in parameters if name not in content.get("Parameters", {})]:
        raise ReviewError(
            f"{path} does not have the parameter {', '.join(unknown)}. Remove it from the parameter file."
        )
    built = BuiltStack(stack, Path(path).name, region, content, text=text)
    files = dict.fromkeys(parameters, values_file) if values_file else {}
    return Side(path, (built,), {"": {stack: parameters}}, {"": files})
