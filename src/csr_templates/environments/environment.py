"""Environments: from the files that an operator edits to the values that a pipeline passes.

An environment is a file ``<name>.json`` beside ``shared.json``; both are flat JSON objects of parameters. The
Parameters sections of the templates say which keys and values there may be. Everything that is wrong with the
files is found at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from csr_templates.environments.combinations import Candidate, Value, check_all, check_environment
from csr_templates.environments.files import Mistake, key_text, read_flat, shown
from csr_templates.environments.values import StackSchema, refusals, refused_default, text_of

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "SHARED",
    "Environment",
    "EnvironmentsError",
    "Mistake",
    "StackSchema",
    "read",
    "table",
    "template_configuration",
]

SHARED = "shared.json"
"""The file with what all environments have in common."""

WIDEST_CELL = 40  # characters of a value in the table


@dataclass(frozen=True)
class Environment:
    """An environment whose values every template accepts.

    Attributes:
        name: name of its file, and value of its parameter ``Environment``.
        parameters: stack -> parameter -> value, in the template's order; with defaults, without per-deploy
            parameters.
        is_production: whether the templates' defaults describe this environment.
    """

    name: str
    parameters: Mapping[str, Mapping[str, str]]
    is_production: bool

    @property
    def values(self) -> dict[str, str]:
        """Parameter -> value; one that several stacks declare has the same value in each."""
        return {name: text for stack in self.parameters.values() for name, text in stack.items()}


class EnvironmentsError(ValueError):
    """The parameter files hold mistakes.

    Attributes:
        mistakes: all of them, those of one file together.
    """

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__("\n".join(map(str, mistakes)))
        self.mistakes = tuple(mistakes)


def read(folder: Path, schemas: Sequence[StackSchema]) -> tuple[Environment, ...]:
    """Read the parameter files of ``folder``, in the order in which the templates list the environments.

    Args:
        folder: holds ``shared.json`` and one file per environment. Other files and hidden ones are ignored.
        schemas: what the stacks ask, in deploy order.

    Raises:
        EnvironmentsError: the files hold mistakes; nothing less than all of them.
        ValueError: two templates give one parameter different defaults.
    """
    _require_equal_defaults(schemas)
    declaring = [schema for schema in schemas if "Environment" in schema.parameters]
    production = declaring[0].default("Environment") if declaring else None
    files = _environment_files(folder, schemas)
    shared, mistakes = read_flat(folder / SHARED)
    accepted, wrong = _judged(shared or {}, folder / SHARED, schemas, {})
    mistakes += wrong
    refused: dict[str, list[str]] = {}
    for schema in schemas:
        for name in schema.in_files:
            refused.setdefault(name, []).extend(refused_default(name, schema, "by default "))
    candidates = []
    for name, path in files.items():
        own, wrong = read_flat(path)
        mistakes += wrong
        if own is not None:
            values, wrong = _judged(own, path, schemas, shared or {}, environment=name)
            mistakes += wrong
            candidate = Candidate(name, path.as_posix(), own=list(own), given={*own, *(shared or {})})
            candidate.values = _merged(candidate, values, accepted, schemas, refused)
            candidates.append(candidate)

    if shared is not None:  # without it every value might be a default that nobody meant
        for candidate in candidates:
            mistakes += _missing(candidate, refused)
            mistakes += check_environment(candidate, schemas)
        mistakes += check_all(candidates, schemas, production)
    if mistakes:
        order = [path.as_posix() for path in (folder / SHARED, *files.values())]
        raise EnvironmentsError(sorted(mistakes, key=lambda mistake: order.index(mistake.file)))
    return tuple(
        Environment(
            candidate.name,
            {schema.stack: {name: candidate.text(name) for name in schema.in_files} for schema in schemas},
            candidate.name == production,
        )
        for candidate in candidates
    )


def default_problems(schemas: Sequence[StackSchema]) -> list[str]:
    """Return a sentence for each default of a template that would be a mistake in a parameter file."""
    candidate = Candidate("", "", own=(), given=set())
    mistakes: list[Mistake] = []
    stacks: dict[str, str] = {}
    for schema in schemas:
        for name in schema.parameters:
            stacks.setdefault(name, schema.stack)
            reasons = refused_default(name, schema)
            mistakes += [Mistake(schema.stack, name, reason) for reason in reasons]
            if not reasons and name in schema.in_files and (default := schema.default(name)) is not None:
                candidate.values.setdefault(name, Value(default, "", ""))
    mistakes += [replace(one, file=stacks[one.key]) for one in check_environment(candidate, schemas)]
    return [f"Stack {one.file}: Parameters.{one.key}.Default: {one.message}" for one in mistakes]


def template_configuration(environment: Environment, stack: str) -> dict[str, dict[str, str]]:
    """Return what a pipeline passes to one stack, in the form of CodePipeline's template configuration.

    Every parameter is in it, defaults too: CloudFormation gives an omitted one its previous value, and a
    changed default would never arrive. The tags are those that each resource carries as well.
    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/continuous-delivery-codepipeline-cfn-artifacts.html
    """
    values = environment.values
    tags = {"Project": "ProjectName", "Environment": "Environment"}
    return {
        "Parameters": dict(environment.parameters[stack]),
        "Tags": {tag: values[name] for tag, name in tags.items() if name in values},
    }


def table(environments: Sequence[Environment]) -> list[list[str]]:
    """Return the values of all environments as rows of cells of equal width, headings first.

    A star marks what differs from production. Long values are cut, to keep the table a table.
    """
    production = next((one.values for one in environments if one.is_production), {})

    def cell(name: str, text: str) -> str:
        mark = "*" if text != production.get(name, text) else " "
        shown = text or '""'
        return f"{mark} {shown if len(shown) <= WIDEST_CELL else f'{shown[: WIDEST_CELL - 3]}...'}"

    rows = [
        ["", *(f"  {one.name}" for one in environments)],
        *([name, *(cell(name, one.values[name]) for one in environments)] for name in environments[0].values),
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [[text.ljust(width) for text, width in zip(row, widths, strict=True)] for row in rows]


def _environment_files(folder: Path, schemas: Sequence[StackSchema]) -> dict[str, Path]:
    """Return environment -> its file.

    Raises:
        EnvironmentsError: there is no such folder, or no environment in it.
    """
    place = folder.as_posix()
    try:
        found = sorted(path.stem for path in folder.iterdir() if path.suffix == ".json")
    except (FileNotFoundError, NotADirectoryError) as error:
        mistake = Mistake(place, "", "There is no such folder; name the one with the files.")
        raise EnvironmentsError([mistake]) from error
    except OSError as error:
        reason = error.strerror or error
        raise EnvironmentsError(
            [Mistake(place, "", f"The folder cannot be read ({reason}); make it one that you may read.")]
        ) from error
    order = [
        text_of(value)
        for schema in schemas
        for value in schema.parameters.get("Environment", {}).get("AllowedValues", [])
    ]
    names = [name for name in found if f"{name}.json" != SHARED and not name.startswith(".")]
    names.sort(key=lambda name: order.index(name) if name in order else len(order))
    if not names:
        raise EnvironmentsError(
            [Mistake(place, "", "The folder holds no environment; one is a file such as prod.json.")]
        )
    return {name: folder / f"{name}.json" for name in names}


def _judged(
    given: Mapping[str, Any],
    path: Path,
    schemas: Sequence[StackSchema],
    shared: Mapping[str, Any],
    environment: str | None = None,
) -> tuple[dict[str, str], list[Mistake]]:
    """Judge the keys of one file by themselves; return the values that are right, and the mistakes."""
    right, mistakes = {}, []
    for key, value in given.items():
        messages = list(_refused(key, value, schemas, shared, environment))
        mistakes += [Mistake(path.as_posix(), key_text(key), message) for message in messages]
        if not messages:
            right[key] = text_of(value)
    return right, mistakes


def _refused(
    key: str,
    value: Any,
    schemas: Sequence[StackSchema],
    shared: Mapping[str, Any],
    environment: str | None,
) -> Iterator[str]:
    declaring = [schema for schema in schemas if key in schema.parameters]
    if not declaring:
        yield f"No template has this parameter. {_nearest(key, schemas)}"
    elif any(key in schema.per_deploy for schema in declaring):
        yield (
            f"Found {shown(value)}, but each deploy decides this anew and the pipeline passes it; from a "
            "file, the next deploy would go back to an old one. Remove the key."
        )
    elif key == "Environment" and environment is None:
        yield f"Found {shown(value)}, but each environment's own file says which one it is. Remove the key."
    elif key in shared:
        yield (
            f"Found {shown(value)}, but {SHARED} gives the key as well, as {shown(shared[key])}. Keep it in "
            "one of the two files: there if all environments share it, here if not."
        )
    elif key == "Environment" and value != environment:
        yield (
            f"Found {shown(value)}, but the file is called {environment}.json. Write {shown(environment)}, "
            "or rename the file."
        )
    else:
        yield from refusals(value, key, declaring)


def _nearest(key: str, schemas: Sequence[StackSchema]) -> str:
    known = {name.lower(): name for schema in schemas for name in schema.in_files}
    from difflib import get_close_matches  # only a mistake needs it

    if near := get_close_matches(key.lower(), known, n=1):
        return f"Did you mean {known[near[0]]}?"
    return f"There are {', '.join(sorted(known.values()))}."


def _merged(
    candidate: Candidate,
    own: Mapping[str, str],
    shared: Mapping[str, str],
    schemas: Sequence[StackSchema],
    refused_defaults: Mapping[str, Sequence[str]],
) -> dict[str, Value]:
    """Put own values, shared ones and defaults together; a key whose value is wrong gets none."""
    shared_file = candidate.file.removesuffix(f"{candidate.name}.json") + SHARED
    values = {}
    for schema in schemas:
        for name in schema.in_files:
            if name in own:
                values[name] = Value(own[name], candidate.file, "")
            elif name in shared:
                values[name] = Value(shared[name], shared_file, f"for {candidate.name}")
            elif name not in candidate.given and (default := schema.default(name)) is not None:
                values[name] = Value(default, candidate.file, "by default")
    for name, reasons in refused_defaults.items():
        if reasons and name in values and values[name].origin == "by default":
            del values[name]
    return values


def _missing(candidate: Candidate, refused_defaults: Mapping[str, Sequence[str]]) -> Iterator[Mistake]:
    for name, reasons in refused_defaults.items():
        if name in candidate.given:
            continue
        if name == "Environment":
            yield Mistake(candidate.file, name, f'The key is missing; write "{name}": "{candidate.name}".')
        elif reasons:
            for reason in reasons:
                advice = "Give the key here, or correct the default in the template."
                yield Mistake(candidate.file, name, f"{reason} {advice}")
        elif name not in candidate.values:
            yield Mistake(
                candidate.file, name, f"The key is missing and has no default; give it here or in {SHARED}."
            )


def _require_equal_defaults(schemas: Sequence[StackSchema]) -> None:
    """Make sure that a parameter of several stacks has one value where no file gives it."""
    defaults: dict[str, str | None] = {}
    for schema in schemas:
        for name in schema.in_files:
            default = schema.default(name)
            if defaults.setdefault(name, default) != default:
                raise ValueError(
                    f"Stack {schema.stack}: The default of {name} is {default!r}, but that of an earlier "
                    f"stack is {defaults[name]!r}. Give both templates the same one."
                )
