"""Errors in the code of a stack: one sentence with the file and line to edit, instead of a traceback.

Only errors of the author of a stack are explained: a name, a property, a value, an import, the syntax; and
those of the author of a lint rule that has a wrong place, name or number. Any other exception keeps its
traceback.
"""

from __future__ import annotations

import ast
import builtins
import re
import traceback
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, Final

from cfn_analysis.model.source_lines import logical_id_lines
from cfn_analysis.model.wording import hint
from csr_templates.cli.folders import short_path
from csr_templates.environments import merge_conflicts

if TYPE_CHECKING:
    from csr_templates.stacks.listing import Stack

_RULES: Final = "cfn_analysis.rules"
_STACKS: Final = "csr_templates.stacks"
_PARTS: Final = f"{_STACKS}.parts"  # the error is in the code that calls them

_SUBJECT: Final = re.compile(
    r"(?:(?:Conditions|Mappings|Outputs|Parameters|Resources|Rules)\."
    r"|Code of |The default of |The parameter |The rollback trigger |The stack has )?"
    r"(?P<name>[A-Za-z0-9]+)"
)
"""The beginning of a sentence about a stack, with the name of what it is about: a path, or other words."""


def explain(error: BaseException, modules: Iterable[str] = ()) -> str | None:
    """Return a sentence for an error in the code of a stack or a rule; None for any other error.

    ``modules`` are those of stacks outside this package.
    """
    if isinstance(error, ImportError) and error.name == _RULES:
        return str(error)
    if isinstance(error, SyntaxError) and error.filename and _STACKS in _dotted(error.filename):
        return _syntax_error(error, error.filename)
    frames = list(traceback.walk_tb(error.__traceback__))
    ours = [
        number
        for number, (frame, _) in enumerate(frames)
        if _is(frame, "csr_templates", *modules) and not _is(frame, _PARTS)
    ]
    if not ours or not _is(frames[index := ours[-1]][0], _STACKS, *modules):
        return None
    frame, line = frames[index]
    refused = _refused_property(error, [inner for inner, _ in frames[index + 1 :]])
    sentence, keyword = refused or (_python_error(error, frame), "")
    if sentence is None:
        return None
    file = frame.f_code.co_filename
    return f"{_place(file, _line_of_keyword(file, line, keyword))}: {sentence}"


def with_line(sentence: str, stacks: Iterable[Stack]) -> str:
    """Return the sentence, preceded by the file and line that creates the resource it names, if known."""
    for stack in stacks:
        start = f"Stack {stack.name}: "
        if not sentence.startswith(start):
            continue
        subject = _SUBJECT.match(sentence, len(start))
        lines = logical_id_lines(stack.source.read_text("utf-8"))
        if subject and subject["name"] in lines:
            return f"{_place(str(stack.source), lines[subject['name']])}: {sentence}"
    return sentence


def _syntax_error(error: SyntaxError, file: str) -> str:
    with suppress(OSError, UnicodeDecodeError):
        marker = merge_conflicts.first_marker(Path(file).read_text("utf-8"))
        if marker and marker.line == error.lineno:
            return f"{_place(file, marker.line)}: {merge_conflicts.sentence(marker, 'lines')}"
    return f"{_place(file, error.lineno or 1)}: Python cannot read this line: {error.msg}."


def _refused_property(error: BaseException, frames: Iterable[FrameType]) -> tuple[str, str] | None:
    """Return the sentence about a property that troposphere rejected, and the name of the property."""
    setting = next(
        (frame for frame in frames if frame.f_code.co_name == "__setattr__" and _is(frame, "troposphere")),
        None,
    )
    if setting is None:
        return None
    owner, name, value = (setting.f_locals[key] for key in ("self", "name", "value"))
    its_name = getattr(owner, "resource_type", None) or type(owner).__name__
    if getattr(owner, "title", None):
        its_name = f"{owner.title} ({its_name})"
    if isinstance(error, AttributeError):
        suggestion = _suggestion(name, sorted(owner.propnames))
        return f"{its_name} does not have the property {name}.{suggestion}", name
    if isinstance(error, (TypeError, ValueError)):
        value = setting.f_locals.get("v", value)  # the item of a list
        if isinstance(error, ValueError) and str(error):
            why = f": {str(error).rstrip('.')}"
        else:
            why = f"; expected {_expected(owner.props[name][0])}"
        return f"{its_name}: the property {name} does not accept {_value(value)}{why}.", name
    return None


def _python_error(error: BaseException, frame: FrameType) -> str | None:
    """Return the sentence about an error that Python or one of the parts raised."""
    match error:
        case ImportError():
            missing = str(error).partition(" (")[0]  # without the path of the package
            return f"The import fails: {missing}. Correct the name, or install the package."
        case NameError(name=str(name)):
            defined = {*frame.f_locals, *frame.f_globals, *dir(builtins)}
            return f"The name {name} is not defined.{hint(name, defined)} Import it or define it first."
        case AttributeError(name=str(name), obj=obj) if obj is not None:
            its = getattr(obj, "__name__", None) or type(obj).__name__
            return f"{its} does not have {name}.{hint(name, dir(obj))}"
        case KeyError(args=[str(key)]):
            tables = [value for value in frame.f_locals.values() if isinstance(value, dict)]
            tables += [getattr(value, "resources", {}) for value in frame.f_locals.values()]
            names: set[str] = set()
            for table in tables:
                if isinstance(table, dict):
                    names.update(name for name in table if type(name) is str)
            return f"There is no {key} here.{hint(key, names)}"
        case TypeError() | ValueError() if str(error):
            return f"{str(error).removesuffix('.')}."
    return None


def _expected(declared: Any) -> str:
    """Return the value that troposphere expects for a property, in words: types or a validator."""
    if isinstance(declared, (list, tuple)):
        alternatives = " or ".join(_expected(alternative) for alternative in declared)
        if isinstance(declared, tuple):
            return alternatives
        return f"a list of {alternatives}"
    names: dict[Any, str] = {str: "text", dict: "a dict", int: "an integer"}
    if declared in names:
        return names[declared]
    return str(declared.__name__).removeprefix("validate_").replace("_", " ")


def _value(value: Any) -> str:
    text = repr(value)
    if len(text) > 60:
        text = f"{text[:57]}..."
    return f"{text} ({type(value).__name__})"


def _suggestion(name: str, properties: list[str]) -> str:
    """Return the hint with the nearest name, or all names if none is similar."""
    return hint(name, properties) or f" It has {', '.join(properties)}."


def _line_of_keyword(file: str, line: int, keyword: str) -> int:
    """Return the line of a keyword argument of the call that starts at ``line``."""
    try:
        tree = ast.parse(Path(file).read_text("utf-8"))
    except (OSError, ValueError, SyntaxError):
        return line
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or node.lineno != line:
            continue
        for argument in node.keywords:
            if argument.arg == keyword:
                return argument.value.lineno
    return line


def _place(file: str, line: int) -> str:
    return f"{short_path(Path(file))}:{line}"


def _is(frame: FrameType, *modules: str) -> bool:
    name = str(frame.f_globals.get("__name__", ""))
    return any(name == module or name.startswith(f"{module}.") for module in modules)


def _dotted(file: str) -> str:
    return ".".join(Path(file).parts)
