"""Reads an output folder: its stacks, and their parameter values in each environment."""

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from cfn_analysis.model.built_stack import BuiltStack, Policies
from cfn_analysis.model.intrinsics import as_strings
from cfn_analysis.model.template_text import TemplateTextError, read_template
from cfn_analysis.model.wording import quoted
from csr_templates.hand_over import manifest

Read = Callable[[str], bytes]
"""Returns the content of a file of the folder, by its relative path. Raises OSError."""


class BuiltFolderError(ValueError):
    """The folder cannot be read; the message states why and what to do."""


class BuiltFolder(NamedTuple):
    """The content of an output folder.

    Attributes:
        stacks: in deploy order, with their stack policies.
        environments: name -> stack -> parameter -> value.
        parameter_files: name of the environment -> stack -> file of its values, in the folder.
        accounts: name of the environment -> ID of its account, if the parameter files stated it.
        bootstraps: stack -> text of its bootstrap template; without stacks whose template is missing.
    """

    stacks: tuple[BuiltStack, ...]
    environments: Mapping[str, Mapping[str, Mapping[str, str]]]
    parameter_files: Mapping[str, Mapping[str, str]] = {}
    accounts: Mapping[str, str] = {}
    bootstraps: Mapping[str, str] = {}


def read(read_file: Read, where: str) -> BuiltFolder:
    """Return the content of an output folder.

    Raises:
        BuiltFolderError: the manifest, or a file in it, is missing or wrong.
    """
    name = f"{where}/{manifest.MANIFEST}"
    try:
        data = read_file(manifest.MANIFEST)
    except OSError as error:
        raise BuiltFolderError(
            f"{name} does not exist, so the folder is not the output of a build. Specify an output "
            "folder, or two templates."
        ) from error
    try:
        document = manifest.read(data, name)
    except manifest.ManifestError as error:
        if "merge conflict" in str(error):
            raise BuiltFolderError(str(error)) from error
        raise BuiltFolderError(
            f"{name} is not a manifest of format {manifest.FORMAT_VERSION}, the only format that this "
            "version of csr-templates reads. Build the folder again."
        ) from error
    try:
        accounts = manifest.stated_accounts(document)
    except manifest.ManifestError as error:
        raise BuiltFolderError(f"{where}: {error}") from error
    entries = document.get("stacks", [])
    stacks = []
    environments: dict[str, dict[str, Mapping[str, str]]] = {}
    parameter_files: dict[str, dict[str, str]] = {}
    bootstraps: dict[str, str] = {}
    for entry in entries:
        try:
            stack, files = entry["name"], dict(entry["parameterFiles"])
            text = _content(read_file, entry["template"], where)
            template = read_template(text)
            if entry.get("source"):
                _require_path(entry["source"], where)
            stacks.append(_read_stack(entry, template, text, _policy(read_file, entry, where)))
            if bootstrap := _bootstrap(read_file, entry):
                bootstraps[stack] = bootstrap
        except TemplateTextError as error:
            raise BuiltFolderError(f"Cannot read {where}/{entry['template']}: {error}") from error
        except (KeyError, TypeError, ValueError) as error:
            if isinstance(error, BuiltFolderError):
                raise
            raise BuiltFolderError(
                f"{name} does not contain the paths of the files of each stack. Build the folder again."
            ) from error
        for environment, path in files.items():
            values = read_parameters(_content(read_file, path, where), f"{where}/{path}")
            environments.setdefault(environment, {})[stack] = values
            parameter_files.setdefault(environment, {})[stack] = path
    return BuiltFolder(tuple(stacks), environments, parameter_files, accounts, bootstraps)


def read_parameters(text: str, name: str) -> dict[str, str]:
    """Return parameter -> value.

    Args:
        text: JSON: an object with ``Parameters``, as a build writes it, or CloudFormation's array of objects
            with ``ParameterKey`` and ``ParameterValue``.
        name: the file, for the message.

    Raises:
        BuiltFolderError: the text has neither form.
    """
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BuiltFolderError(f"Cannot read {name}: it is not JSON ({error}).") from error
    match document:
        case {"Parameters": dict(values)} if all(
            isinstance(value, str | int | float) for value in values.values()
        ):
            return {key: str(as_strings(value)) for key, value in values.items()}
        case [*parameters] if all(_is_parameter(parameter) for parameter in parameters):
            return {
                parameter["ParameterKey"]: parameter["ParameterValue"]
                for parameter in parameters
                if "ParameterValue" in parameter
            }
    raise BuiltFolderError(
        f"Cannot read {name}: it is neither an object whose Parameters are texts nor a list of objects with "
        "ParameterKey and ParameterValue. Write one of the two."
    )


def _is_parameter(value: Any) -> bool:
    match value:
        case {"ParameterKey": str(), "ParameterValue": str()} | {
            "ParameterKey": str(),
            "UsePreviousValue": True,
        }:
            return True
    return False


def _read_stack(
    entry: Mapping[str, Any], template: Mapping[str, Any], text: str, policy: dict[str, Any]
) -> BuiltStack:
    sections: dict[str, str] = {}
    for title, names in entry.get("sections", {}).items():
        sections.update(dict.fromkeys(names, title))
    return BuiltStack(
        entry["name"],
        entry["template"],
        entry["region"],
        template,
        sections,
        entry.get("perDeploy", ()),
        entry.get("readsFrom", ()),
        entry.get("source", ""),
        text,
        Policies(policy),
        termination_protection=entry.get("terminationProtection") is True,
        name_pattern=entry.get("namePattern", ""),
        rollback_triggers=entry.get("rollbackTriggers", {}),
    )


def _policy(read_file: Read, entry: Mapping[str, Any], where: str) -> dict[str, Any]:
    path = entry.get("stackPolicy")
    if not path:
        return {}
    policy = json.loads(_content(read_file, path, where))
    if isinstance(policy, dict):
        return policy
    return {}


def _require_path(path: Any, where: str) -> None:
    if not manifest.is_path(path):
        raise BuiltFolderError(
            f"{where}/{manifest.MANIFEST} contains the path {quoted(str(path))}. A path must be relative and "
            "must not leave the folder, and its parts must not begin with a period. Build the folder again."
        )


def _content(read_file: Read, path: str, where: str) -> str:
    _require_path(path, where)
    try:
        return read_file(path).decode("utf-8-sig")
    except OSError as error:
        raise BuiltFolderError(
            f"{where}/{manifest.MANIFEST} lists {path}, which cannot be read. Build the folder again."
        ) from error
    except UnicodeDecodeError as error:
        raise BuiltFolderError(f"{where}/{path} is not UTF-8. Build the folder again.") from error


def _bootstrap(read_file: Read, entry: Mapping[str, Any]) -> str:
    """Return the text of the bootstrap template of a stack; empty if the folder does not have it."""
    path = entry.get("bootstrap")
    if not path:
        return ""
    try:
        return read_file(path).decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
