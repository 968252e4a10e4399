"""Environments: the values that a pipeline passes, from the parameter files.

An environment is a file ``<name>.json`` in the folder of ``shared.json``; both are flat JSON objects of
parameters. The Parameters sections of the templates define the allowed keys and values. All errors of the
files are reported at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from cfn_analysis.model.wording import hint, series
from csr_templates.environments.accounts import ACCOUNT_ID, read_file
from csr_templates.environments.combinations import check_all, check_environment
from csr_templates.environments.files import ParameterFinding, excerpt, key_text
from csr_templates.environments.values import (
    Candidate,
    Value,
    default_refusals,
    require_declarations,
    text_of,
    value_refusals,
)

if TYPE_CHECKING:
    from pathlib import Path

    from cfn_analysis.model.built_stack import BuiltStack

SHARED = "shared.json"
"""The file with the common values of all environments."""

UNKNOWN_KEY = "No template has"
"""The start of the message about a key that is not a parameter."""

_NEW_ENVIRONMENT = (
    "To add an environment, add its name to the AllowedValues of the parameter: environment() in "
    "stacks/parts/parameters.py of csr_templates declares it, and takes the names for another project."
)


class Environment(NamedTuple):
    """An environment whose values every template accepts.

    Attributes:
        name: name of its file, and value of its parameter ``Environment``.
        parameters: stack -> parameter -> value, in the template's order; with defaults, without per-deploy
            parameters.
        is_production: whether the defaults of the templates are for this environment.
        account: ID of its account; empty if no file states it.
    """

    name: str
    parameters: Mapping[str, Mapping[str, str]]
    is_production: bool
    account: str = ""

    @property
    def values(self) -> dict[str, str]:
        """Parameter -> value; a parameter of several stacks has the same value in all of them."""
        values: dict[str, str] = {}
        for parameters in self.parameters.values():
            values |= parameters
        return values


class EnvironmentsError(ValueError):
    """The parameter files contain errors.

    Attributes:
        findings: all errors, grouped by file.
    """

    def __init__(self, findings: Sequence[ParameterFinding]) -> None:
        super().__init__("\n".join(str(finding) for finding in findings))
        self.findings = tuple(findings)


def read(folder: Path, stacks: Sequence[BuiltStack]) -> tuple[Environment, ...]:
    """Read the parameter files of ``folder``, in the order in which the templates list the environments.

    Args:
        folder: contains ``shared.json`` and one file for each environment. Other and hidden files are
            ignored.
        stacks: in deploy order; their templates define the parameters.

    Raises:
        EnvironmentsError: the files contain errors; it has all of them.
        ValueError: two templates give one parameter different defaults, or a parameter cannot be judged.
    """
    require_declarations(stacks)
    _require_equal_defaults(stacks)
    production = _production(stacks)
    files = _environment_files(folder, stacks)
    shared, common_account, findings = read_file(folder / SHARED)
    listed = iter([f" The parameters are: {', '.join(_file_parameters(stacks))}."])  # once, not for each file
    accepted, wrong = _judge_keys(shared or {}, folder / SHARED, stacks, {}, listed)
    findings += wrong
    refused = _refused_defaults(stacks)
    candidates = []
    accounts = {}
    for name, path in files.items():
        own, account, wrong = read_file(path)
        accounts[name] = account or common_account
        findings += wrong
        if own is None:
            continue
        values, wrong = _judge_keys(own, path, stacks, shared or {}, listed, environment=name)
        findings += wrong
        candidate = Candidate(name, path.as_posix(), own=list(own), keys={*own, *(shared or {})})
        candidate.values = _merge(candidate, values, accepted, stacks, refused)
        candidates.append(candidate)

    if shared is not None:  # without it, all values might be unintended defaults
        for candidate in candidates:
            findings += _missing_keys(candidate, refused)
            findings += check_environment(candidate, stacks)
        findings += check_all(candidates, stacks, production)
    if findings:
        order = [path.as_posix() for path in (folder / SHARED, *files.values())]
        raise EnvironmentsError(sorted(findings, key=lambda finding: order.index(finding.file)))
    environments = []
    for candidate in candidates:
        is_production = candidate.name == production
        parameters = _by_stack(candidate, stacks)
        environments.append(Environment(candidate.name, parameters, is_production, accounts[candidate.name]))
    return tuple(environments)


def _production(stacks: Sequence[BuiltStack]) -> str | None:
    """Return the environment whose values are the defaults of the templates; None if none is declared."""
    for stack in stacks:
        if "Environment" in stack.parameters:
            return stack.default("Environment")
    return None


def _file_parameters(stacks: Sequence[BuiltStack]) -> list[str]:
    """Return the parameters of the files, sorted."""
    names: set[str] = set()
    for stack in stacks:
        names.update(stack.in_files)
    return sorted(names)


def _refused_defaults(stacks: Sequence[BuiltStack]) -> dict[str, list[str]]:
    """Return parameter -> why the templates refuse its default; an empty list if they accept it."""
    refused: dict[str, list[str]] = {}
    for stack in stacks:
        for name in stack.in_files:
            refused.setdefault(name, []).extend(default_refusals(name, stack, "by default "))
    return refused


def _by_stack(candidate: Candidate, stacks: Sequence[BuiltStack]) -> dict[str, dict[str, str]]:
    """Return stack -> parameter -> value, in the order of the template."""
    parameters = {}
    for stack in stacks:
        parameters[stack.name] = {name: candidate.text(name) for name in stack.in_files}
    return parameters


def default_problems(stacks: Sequence[BuiltStack], environments: Sequence[Environment] = ()) -> list[str]:
    """Return a sentence for each default of a template that would be an error in a parameter file.

    Args:
        stacks: in deploy order.
        environments: those of the parameter files. A default that none of them uses can be of another
            region: the files of a deploy contain every value.

    Raises:
        ValueError: a parameter cannot be judged.
    """
    require_declarations(stacks)
    candidate = Candidate("", "", own=(), keys=set())
    findings: list[ParameterFinding] = []
    owners: dict[str, str] = {}
    for stack in stacks:
        for name in stack.parameters:
            if environments and not _is_default_used(name, stack, environments):
                continue
            owners.setdefault(name, stack.name)
            reasons = default_refusals(name, stack)
            findings += [ParameterFinding(stack.name, name, reason) for reason in reasons]
            if not reasons and name in stack.in_files and (default := stack.default(name)) is not None:
                candidate.values.setdefault(name, Value(default, "", ""))
    findings += [
        finding._replace(file=owners[finding.key]) for finding in check_environment(candidate, stacks)
    ]
    return [
        f"Stack {finding.file}: Parameters.{finding.key}.Default: {finding.message}" for finding in findings
    ]


def _is_default_used(name: str, stack: BuiltStack, environments: Sequence[Environment]) -> bool:
    """Return whether a parameter has the default of a template in one of the environments."""
    default = stack.default(name)
    return any(environment.values.get(name, default) == default for environment in environments)


def _environment_files(folder: Path, stacks: Sequence[BuiltStack]) -> dict[str, Path]:
    """Return environment -> its file.

    Raises:
        EnvironmentsError: there is no such folder, or no environment in it.
    """
    place = folder.as_posix()
    try:
        stems = sorted(path.stem for path in folder.iterdir() if path.suffix == ".json")
    except (FileNotFoundError, NotADirectoryError) as error:
        finding = ParameterFinding(
            place, "", "The folder does not exist. Specify the folder of the parameter files."
        )
        raise EnvironmentsError([finding]) from error
    except OSError as error:
        reason = error.strerror or error
        raise EnvironmentsError(
            [ParameterFinding(place, "", f"The folder cannot be read ({reason}). Change its permissions.")]
        ) from error
    names = [stem for stem in stems if f"{stem}.json" != SHARED and not stem.startswith(".")]
    declared = _declared_environments(stacks)
    ranks = {name: rank for rank, name in enumerate(declared)}
    names.sort(key=lambda name: ranks.get(name, len(declared)))
    if not names:
        raise EnvironmentsError(
            [
                ParameterFinding(
                    place,
                    "",
                    "The folder does not contain an environment, which is a file such as prod.json.",
                )
            ]
        )
    return {name: folder / f"{name}.json" for name in names}


def _declared_environments(stacks: Sequence[BuiltStack]) -> list[str]:
    """Return the environments in the order in which the templates list them."""
    names: dict[str, None] = {}  # as a set that keeps the order
    for stack in stacks:
        for value in stack.parameters.get("Environment", {}).get("AllowedValues", []):
            names.setdefault(text_of(value))
    return list(names)


def _judge_keys(
    content: Mapping[str, Any],
    path: Path,
    stacks: Sequence[BuiltStack],
    shared: Mapping[str, Any],
    listed: Iterator[str],
    environment: str | None = None,
) -> tuple[dict[str, str], list[ParameterFinding]]:
    """Check each key of one file; return the correct values and the errors."""
    right, findings = {}, []
    declared: set[str] = set()
    for stack in stacks:
        declared.update(stack.parameters)
    unknown = [key for key in content if key not in declared]
    if len(unknown) > 1:  # such as the keys of a stack that is not in the set
        names = series([key_text(key) for key in unknown])
        message = f"{UNKNOWN_KEY} the parameters {names}. Remove or correct these keys.{next(listed, '')}"
        findings.append(ParameterFinding(path.as_posix(), "", message))
    for key, value in content.items():
        if key in unknown and len(unknown) > 1:
            continue
        messages = list(_key_refusals(key, value, stacks, shared, environment))
        findings += [ParameterFinding(path.as_posix(), key_text(key), message) for message in messages]
        if not messages:
            right[key] = text_of(value)
    return right, findings


def _key_refusals(
    key: str,
    value: Any,
    stacks: Sequence[BuiltStack],
    shared: Mapping[str, Any],
    environment: str | None,
) -> Iterator[str]:
    declaring = [stack for stack in stacks if key in stack.parameters]
    if not declaring:
        parameters = _file_parameters(stacks)
        listed = f" The parameters are: {', '.join(parameters)}."
        yield f"{UNKNOWN_KEY} this parameter.{hint(key, [*parameters, ACCOUNT_ID]) or listed}"
    elif any(key in stack.per_deploy for stack in declaring):
        yield (
            f"Found {excerpt(value)}, but this is a per-deploy parameter, which the pipeline passes; a value "
            "in a file would be outdated at the next deploy. Remove the key."
        )
    elif key == "Environment" and environment is None:
        yield f"Found {excerpt(value)}, but the file of each environment sets this key. Remove the key."
    elif key in shared:
        yield (
            f"Found {excerpt(value)}, but {SHARED} has the key too, as {excerpt(shared[key])}. Keep it in "
            f"one of the two files: in {SHARED} if all environments share it, otherwise here."
        )
    elif key == "Environment" and value != environment:
        yield (
            f"Found {excerpt(value)}, but the name of the file is {environment}.json. Write "
            f"{excerpt(environment)}, or rename the file."
        )
    else:
        advice = f" {_NEW_ENVIRONMENT}" if key == "Environment" else ""
        yield from (f"{refusal}{advice}" for refusal in value_refusals(value, key, declaring))


def _merge(
    candidate: Candidate,
    own: Mapping[str, str],
    shared: Mapping[str, str],
    stacks: Sequence[BuiltStack],
    refused_defaults: Mapping[str, Sequence[str]],
) -> dict[str, Value]:
    """Merge own values, shared values and defaults; a key with a wrong value gets no value."""
    shared_file = candidate.file.removesuffix(f"{candidate.name}.json") + SHARED
    values = {}
    for stack in stacks:
        for name in stack.in_files:
            if name in own:
                values[name] = Value(own[name], candidate.file, "")
            elif name in shared:
                values[name] = Value(shared[name], shared_file, f"for {candidate.name}")
            elif name not in candidate.keys and (default := stack.default(name)) is not None:
                values[name] = Value(default, candidate.file, "by default")
    for name, reasons in refused_defaults.items():
        if reasons and name in values and values[name].origin == "by default":
            del values[name]
    return values


def _missing_keys(
    candidate: Candidate, refused_defaults: Mapping[str, Sequence[str]]
) -> Iterator[ParameterFinding]:
    for name, reasons in refused_defaults.items():
        if name in candidate.keys:
            continue
        if name == "Environment":
            yield ParameterFinding(
                candidate.file, name, f'The key is missing. Write "{name}": "{candidate.name}".'
            )
        elif reasons:
            for reason in reasons:
                advice = "Add the key here, or correct the default in the template."
                yield ParameterFinding(candidate.file, name, f"{reason} {advice}")
        elif name not in candidate.values:
            yield ParameterFinding(
                candidate.file,
                name,
                f"The key is missing and does not have a default. Add it here or in {SHARED}.",
            )


def _require_equal_defaults(stacks: Sequence[BuiltStack]) -> None:
    """Check that a parameter of several stacks has the same default in all of them."""
    defaults: dict[str, str | None] = {}
    for stack in stacks:
        for name in stack.in_files:
            default = stack.default(name)
            if defaults.setdefault(name, default) != default:
                raise ValueError(
                    f"Stack {stack.name}: The default of {name} is {default!r}, but that of an earlier "
                    f"stack is {defaults[name]!r}. Use the same default in both templates."
                )
