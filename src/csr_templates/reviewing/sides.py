"""The two sides of a review: output folders, output folders in a revision, or single templates."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from csr_templates.cloudformation.built_stack import BuiltStack
from csr_templates.cloudformation.source_lines import candidate_lines, line_of
from csr_templates.cloudformation.template_text import TemplateTextError, read_template
from csr_templates.hand_over import built_folder
from csr_templates.hand_over.built_folder import BuiltFolderError
from csr_templates.reviewing.acceptance import FILE, Acceptance, AcceptanceError
from csr_templates.reviewing.acceptance import read as read_acceptances
from csr_templates.reviewing.history import Revision

_DEFAULTS: Final[Mapping[str, Mapping[str, Mapping[str, str]]]] = {"": {}}


class ReviewError(ValueError):
    """The sides cannot be compared; the message states what to do."""


class Side(NamedTuple):
    """One side of a review.

    Attributes:
        name: the name shown in reports.
        stacks: in deploy order.
        environments: name -> stack -> parameter -> value. The name is "" for a single template, and for a
            folder without parameter files, to which the defaults apply.
        files: environment -> parameter -> parameter file, if it exists in the parent folder.
        root: the output folder, whose parent contains the sources; None for a revision or a template.
        acceptances: the acceptances of ``review.json`` in the parent folder.
    """

    name: str
    stacks: tuple[BuiltStack, ...]
    environments: Mapping[str, Mapping[str, Mapping[str, str]]]
    files: Mapping[str, Mapping[str, str]] = {}
    root: Path | None = None
    acceptances: tuple[Acceptance, ...] = ()

    def modules(self, stack: BuiltStack) -> list[Path]:
        """Return the possible paths of the module of a stack, relative to the output folder."""
        if self.root is None or not stack.source:
            return []
        return [self.root / "src" / stack.source, self.root / stack.source]

    def source(self, stack: BuiltStack, lines: dict[str, dict[str, int]]) -> Mapping[str, str]:
        """Return logical ID -> module and, if known, line; empty if the module does not exist."""
        for file in self.modules(stack):
            path = file.relative_to(self.root or file.root)
            if path.as_posix() not in lines:
                try:
                    lines[path.as_posix()] = candidate_lines(file.read_text("utf-8"))
                except (OSError, SyntaxError, ValueError):
                    continue
            known = lines[path.as_posix()]
            names = {name for section in ("Resources", "Outputs") for name in stack.template.get(section, {})}
            found = {
                name: f"{path.as_posix()}:{line}"
                for name in names
                if (line := line_of(name, known)) is not None
            }
            return defaultdict(path.as_posix, found)
        return {}


def folder(path: Path) -> Side:
    """Return an output folder.

    Raises:
        ReviewError: the folder cannot be read.
    """
    try:
        found = built_folder.read(lambda name: (path / name).read_bytes(), path.as_posix())
    except BuiltFolderError as error:
        raise ReviewError(str(error)) from error
    root = path.resolve().parent
    entries = _acceptances(lambda: (root / FILE).read_bytes(), FILE)
    edited = _edited(root, found.environments)
    return Side(path.as_posix(), found.stacks, found.environments or _DEFAULTS, edited, root, entries)


def revision(path: Path, name: str, revision: Revision) -> Side:
    """Return an output folder in a revision.

    Raises:
        ReviewError: the folder cannot be read.
    """
    where = f"{path.as_posix()} of {name}"
    try:
        found = built_folder.read(revision.reader(path), where)
    except BuiltFolderError as error:
        raise ReviewError(str(error)) from error
    try:
        entries = _acceptances(lambda: revision.read(path.resolve().parent / FILE), f"{FILE} of {name}")
    except ReviewError:  # a committed file cannot be corrected
        entries = ()
    return Side(where, found.stacks, found.environments or _DEFAULTS, acceptances=entries)


def template(
    path: str, data: bytes, region: str, parameters: Mapping[str, str], stack: str, values_file: str = ""
) -> Side:
    """Return a single template.

    Args:
        path: the file, for messages.
        data: its content.
        region: its region.
        parameters: the parameter values.
        stack: the name of the stack.
        values_file: the file of the parameter values.

    Raises:
        ReviewError: it is not a template, or it does not have a parameter for a value.
    """
    try:
        text = data.decode("utf-8-sig")
        found = read_template(text)
    except UnicodeDecodeError as error:
        raise ReviewError(f"Cannot read {path}: it is not UTF-8. Save the template as UTF-8.") from error
    except TemplateTextError as error:
        raise ReviewError(f"Cannot read {path}: {error}") from error
    if unknown := [name for name in parameters if name not in found.get("Parameters", {})]:
        raise ReviewError(
            f"{path} does not have the parameter {', '.join(unknown)}. Remove it from the parameter file."
        )
    built = BuiltStack(stack, Path(path).name, region, found, text=text)
    return Side(path, (built,), {"": {stack: parameters}}, {"": dict.fromkeys(parameters, values_file)})


def _edited(root: Path, environments: Mapping[str, object]) -> dict[str, dict[str, str]]:
    """Return environment -> parameter -> parameter file in the parent folder."""
    found: dict[str, dict[str, str]] = {}
    shared = _keys(root / "parameters" / "shared.json")
    for name in environments:
        found[name] = dict.fromkeys(shared, "parameters/shared.json")
        found[name] |= dict.fromkeys(_keys(root / "parameters" / f"{name}.json"), f"parameters/{name}.json")
    return found


def _acceptances(content: Callable[[], bytes], where: str) -> tuple[Acceptance, ...]:
    try:
        data = content()
    except OSError:
        return ()
    try:
        return read_acceptances(data, where)
    except AcceptanceError as error:
        raise ReviewError(str(error)) from error


def _keys(path: Path) -> list[str]:
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return []
    return list(content) if isinstance(content, dict) else []
