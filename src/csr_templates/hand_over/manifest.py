"""The manifest, ``stacks.json``: the stacks of a set, and the paths of its files.

The keys are described in docs/manifest.md; ``stacks.schema.json`` is the JSON Schema.
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from csr_templates.naming import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cfn_analysis.model.built_stack import BuiltStack

MANIFEST: Final = "stacks.json"
BEFORE_RESTORE: Final = "before-restore"
AFTER_RESTORE: Final = "after-restore"
FORMAT_VERSION: Final = 1
REFRESH: Final = "make templates"
"""The command that generates the files again, for their comments; other projects have another command."""

_NAME: Final = re.compile("[a-z][a-z0-9-]*")  # the same as in stacks.schema.json

_ACCOUNT: Final = re.compile("[0-9]{12}")
_WRONG_ACCOUNTS: Final = (
    f'accounts of {MANIFEST} does not map environments to account IDs, such as {{"prod": "123456789012"}}. '
    "Build the folder again."
)

# Lines of a manifest, as ``as_json`` writes them.
_VERSION_LINE: Final = f'  "formatVersion": {FORMAT_VERSION},'
_PATH_LINE: Final = re.compile(r'    "([^"]+)": \{')
_SHA256: Final = re.compile("[0-9a-f]{64}")


class ManifestError(ValueError):
    """The manifest cannot be read; the message states what to do."""


def document(
    stacks: Iterable[BuiltStack],
    environments: Sequence[str],
    files: Mapping[str, bytes],
    rollback_triggers: Mapping[str, Mapping[str, Sequence[str]]],
    accounts: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return the manifest of the set.

    ``rollback_triggers``: stack -> environment -> names of its alarms. ``accounts``: environment -> ID of its
    account, if a file states it.
    """
    manifest: dict[str, Any] = {"formatVersion": FORMAT_VERSION, "csrTemplatesVersion": VERSION}
    if accounts:
        manifest["accounts"] = dict(accounts)
    manifest["stacks"] = [
        _stack(stack, environments, files, rollback_triggers.get(stack.name, {})) for stack in stacks
    ]
    manifest["files"] = {path: {"sha256": sha256(data)} for path, data in files.items()}
    return manifest


def _stack(
    stack: BuiltStack,
    environments: Sequence[str],
    files: Mapping[str, bytes],
    rollback_triggers: Mapping[str, Sequence[str]],
) -> dict[str, Any]:
    deployment_files = {name: deployment_file(name, stack.name) for name in environments}
    return {
        "name": stack.name,
        "namePattern": stack.name_pattern,
        "template": stack.file,
        "source": stack.source,
        "region": stack.region,
        "capabilities": ["CAPABILITY_NAMED_IAM"],  # covers CAPABILITY_IAM
        "terminationProtection": stack.termination_protection,
        "readsFrom": list(stack.reads_from),
        "perDeploy": list(stack.per_deploy),
        "rollbackTriggers": {name: list(alarms) for name, alarms in rollback_triggers.items()},
        "parameterFiles": {name: parameter_file(name, stack.name) for name in environments},
        "deploymentFiles": _existing(deployment_files, files),
        "stackPolicy": stack_policy_file(stack.name),
        "bootstrap": bootstrap_file(stack.name),
        "recovery": _recovery(stack.name, environments, files),
        "sections": stack.by_section(),
    }


def _existing(paths: Mapping[str, str], files: Mapping[str, bytes]) -> dict[str, str]:
    """Return environment -> path, of the paths that are among the files."""
    return {environment: path for environment, path in paths.items() if path in files}


def manifest_schema() -> dict[str, Any]:
    """Return the JSON Schema of the manifest that this version writes."""
    text = Path(__file__).with_name("stacks.schema.json").read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


def manifest_problems(stack: BuiltStack) -> list[str]:
    """Return a sentence for each requirement of the manifest that a stack does not meet.

    A pipeline creates the name of the deployed stack from two parameters, and a review shows resources under
    the section titles of the template.
    """
    problems = []
    if not _NAME.fullmatch(stack.name):
        problems.append(
            f"The stack name {stack.name!r} is not allowed, because the names of deployed stacks, files and "
            "roles contain it. Use only lowercase letters, digits and hyphens, and start with a letter."
        )
    for name in ("ProjectName", "Environment"):
        if name not in stack.parameters:
            problems.append(
                f"The template has no parameter {name}, but the name of the stack ({stack.name_pattern}), "
                "its tags and its deploy policies need it. Add parameters.project_name() and "
                "parameters.environment() of csr_templates."
            )
        elif name in stack.per_deploy:
            problems.append(
                f"The parameter {name} is set at each deploy, but its value is part of the name of the "
                f"stack ({stack.name_pattern}). Remove it from per_deploy."
            )
    titled = False
    for logical_id in stack.resources:
        titled = titled or logical_id in stack.sections
        if titled and logical_id not in stack.sections:
            problems.append(
                f"{logical_id} is not in a section, so the template would show it in the section of the "
                "previous resource. Call section(), then add it with add_resource()."
            )
    return problems


def read(data: bytes, name: str) -> dict[str, Any]:
    """Return a manifest with valid ``formatVersion`` and ``files``.

    Raises:
        ManifestError: it is not a manifest, has an unknown format version, or lists a path that a build
            cannot write.
    """
    if manifest := _parsed(data):
        return manifest
    from csr_templates.environments import merge_conflicts  # rarely needed

    if marker := merge_conflicts.first_marker(data.decode("utf-8", "replace")):
        raise ManifestError(
            f"{name} has a merge conflict in line {marker.line}. Build again: a build writes the whole file."
        )
    raise ManifestError(
        f"{name} is not a manifest that this version of csr-templates can read. Specify another folder "
        "with --out, then build again."
    )


def stated_accounts(document: Mapping[str, Any]) -> dict[str, str]:
    """Return the ID of the account of each environment whose parameter files state it.

    Raises:
        ManifestError: ``accounts`` of the manifest has another form.
    """
    accounts = document.get("accounts", {})
    if not isinstance(accounts, dict):
        raise ManifestError(_WRONG_ACCOUNTS)
    if not all(isinstance(account, str) and _ACCOUNT.fullmatch(account) for account in accounts.values()):
        raise ManifestError(_WRONG_ACCOUNTS)
    return accounts


def read_or_merge(data: bytes, name: str) -> dict[str, Any]:
    """Return a manifest as ``read`` does, also if it contains a merge conflict.

    It then lists only files: those of both sides, because a build of either side wrote them. A file that
    both list may have the content of either. A side of a merge may not be valid JSON, so its lines are read.

    Raises:
        ManifestError: it is not a manifest, or one side of the conflict is not.
    """
    if manifest := _parsed(data):
        return manifest
    from csr_templates.environments import merge_conflicts  # rarely needed

    text = data.decode("utf-8", "replace")
    marker = merge_conflicts.first_marker(text)
    if not marker:
        return read(data, name)
    contents: dict[str, set[str]] = {}
    sides = merge_conflicts.sides(text)
    for lines in sides:
        path = ""
        for line in lines:
            if listed := _PATH_LINE.fullmatch(line):
                path = listed[1]
            elif path and (digest := _SHA256.search(line)):
                contents.setdefault(path, set()).add(digest[0])
    files = {path: _entry(*sorted(digests)) for path, digests in contents.items()}
    if not all(_VERSION_LINE in lines for lines in sides) or not _are_entries(files):
        raise ManifestError(
            f"{name} has a merge conflict in line {marker.line}, and one side is not a manifest. Use one "
            f"side (git checkout --ours {name}, or --theirs), then build again."
        )
    return {"formatVersion": FORMAT_VERSION, "stacks": [], "files": files}


def _parsed(data: bytes) -> dict[str, Any] | None:
    """Return a manifest; None if ``formatVersion`` or ``files`` are not valid."""
    try:
        document = json.loads(data)
    except (ValueError, RecursionError):
        return None
    match document:
        case {"formatVersion": 1, "files": dict(files)} if _are_entries(files):
            manifest: dict[str, Any] = document
            return manifest
    return None


def _are_entries(files: Mapping[str, Any]) -> bool:
    """Return whether all entries of ``files`` are valid."""
    return all(_is_entry(path, file) for path, file in files.items())


def _entry(digest: str, *announced: str) -> dict[str, Any]:
    entry: dict[str, Any] = {"sha256": digest}
    if announced:
        entry["announced"] = list(announced)
    return entry


def hashes(entry: Mapping[str, Any]) -> set[str]:
    """Return the SHA-256 of each possible content of a listed file: before and after a build."""
    return {entry["sha256"], *entry.get("announced", ())}


def announce(manifest: Mapping[str, Any] | None, files: Mapping[str, bytes]) -> dict[str, Any] | None:
    """Return the manifest with new files added; None if it already lists all files.

    ``files`` are those that the build will write.
    """
    manifest = manifest or {"formatVersion": FORMAT_VERSION, "stacks": [], "files": {}}
    listed = manifest["files"]
    entries: dict[str, dict[str, Any]] = {}
    for path, data in files.items():
        digest = sha256(data)
        if path not in listed:
            entries[path] = {"sha256": digest}
        elif digest not in hashes(listed[path]):
            announced = {*listed[path].get("announced", ()), digest}
            entries[path] = {**listed[path], "announced": sorted(announced)}
    if not entries:
        return None
    return {**manifest, "files": {**listed, **entries}}


def is_path(path: Any) -> bool:
    """Return whether a value is a path that a build can write: relative, inside the folder, not hidden."""
    if not isinstance(path, str):
        return False
    for part in path.split("/"):
        if part == "" or part.startswith(".") or set(part) & set("\\:\0"):
            return False
    return True


def _is_entry(path: str, file: Any) -> bool:
    """Return whether an entry has a path, and contains hashes."""
    if not is_path(path):
        return False
    match file:
        case {"sha256": str(), "announced": list(announced)}:
            return all(isinstance(digest, str) for digest in announced)
        case {"sha256": str()}:
            return "announced" not in file
    return False


def parameter_file(environment: str, stack: str) -> str:
    """Return the path, relative to the output folder, of the parameter file of a stack for pipelines."""
    return f"parameters/{environment}/{stack}.json"


def deployment_file(environment: str, stack: str) -> str:
    """Return the path, relative to the output folder, of the deployment file of a stack for Git sync."""
    return f"deployments/{environment}/{stack}.yaml"


def stack_policy_file(stack: str) -> str:
    """Return the path, relative to the output folder, of a stack's policy."""
    return f"stack-policies/{stack}.json"


def bootstrap_file(stack: str) -> str:
    """Return the path, relative to the output folder, of the bootstrap template of a stack."""
    return f"bootstrap/{stack}.yaml"


def recovery_file(step: str) -> str:
    """Return the path, relative to the output folder, of the template of one step of a recovery."""
    return f"recovery/{step}.yaml"


def import_file(environment: str, step: str) -> str:
    """Return the path, relative to the output folder, of the list of imports of a recovery step."""
    return f"recovery/{environment}/{step}.json"


def _recovery(stack: str, environments: Sequence[str], files: Mapping[str, bytes]) -> list[dict[str, Any]]:
    """Return the steps that recover a deleted stack, in order."""
    steps = []
    for step in (stack, f"{stack}-{BEFORE_RESTORE}", f"{stack}-{AFTER_RESTORE}"):
        template = recovery_file(step)
        if template in files:
            import_files = {environment: import_file(environment, step) for environment in environments}
            steps.append({"template": template, "importFiles": _existing(import_files, files)})
    return steps


def sha256(data: bytes) -> str:
    """Return the SHA-256 of ``data`` in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def as_json(document: Mapping[str, Any]) -> bytes:
    """Return ``document`` as JSON in ASCII with LF, keys in the order given."""
    return f"{json.dumps(document, indent=2)}\n".encode("ascii")
