"""The sides of a review that are output folders, or output folders in a revision."""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final

from cfn_analysis.model.rendering import load
from cfn_analysis.reviewing import acceptance, report
from cfn_analysis.reviewing.sides import ReviewError, Side
from csr_templates.hand_over import built_folder, manifest
from csr_templates.hand_over.built_folder import BuiltFolderError
from csr_templates.hand_over.history import Revision

_DEFAULTS: Final[Mapping[str, Mapping[str, Mapping[str, str]]]] = {"": {}}
_SOURCES: Final = (Path("src"), Path())
"""Folders of the packages, from the parent of the output folder."""
_POLICIES: Final = ("bootstrap/", "deploy-policies/", "operator-policies/", "preflight-policies/")
"""Folders of the output folder, also of earlier versions."""


def review(
    before: Side | Path | str, after: Side | Path | str, environments: Sequence[str] = ()
) -> report.Review:
    """Compare two sides; ``report.document`` and ``text.as_text`` report it.

    Args:
        before: the deployed state: a side, or the path of an output folder.
        after: the state to be deployed, in the same form.
        environments: names of the environments to review; all by default.

    Raises:
        ReviewError: an environment does not exist, a folder cannot be read, or a template cannot be resolved.
    """
    return report.review(_side(before), _side(after), environments)


def _side(side: Side | Path | str) -> Side:
    if isinstance(side, Side):
        return side
    return folder(Path(side))


def folder(path: Path) -> Side:
    """Return an output folder.

    Raises:
        ReviewError: the folder cannot be read.
    """
    try:
        built = built_folder.read(lambda name: (path / name).read_bytes(), path.as_posix())
    except BuiltFolderError as error:
        raise ReviewError(str(error)) from error
    root = path.resolve().parent
    entries = _acceptances(lambda: (root / acceptance.FILE).read_bytes(), acceptance.FILE)
    return Side(
        path.as_posix(),
        built.stacks,
        built.environments or _DEFAULTS,
        _edited(root, built.environments),
        built.parameter_files,
        root,
        _SOURCES,
        entries,
        lambda: _documents(lambda name: (path / name).read_bytes()),
        built.bootstraps,
    )


def revision(path: Path, name: str, revision: Revision) -> Side:
    """Return an output folder in a revision.

    Raises:
        ReviewError: the folder cannot be read.
    """
    where = f"{path.as_posix()} of {name}"
    try:
        built = built_folder.read(revision.reader(path), where)
    except BuiltFolderError as error:
        raise ReviewError(str(error)) from error
    try:
        entries = _acceptances(
            lambda: revision.read(path.resolve().parent / acceptance.FILE), f"{acceptance.FILE} of {name}"
        )
    except ReviewError:  # a committed file cannot be corrected
        entries = ()
    return Side(
        where,
        built.stacks,
        built.environments or _DEFAULTS,
        value_files=built.parameter_files,
        acceptances=entries,
        documents=lambda: _documents(revision.reader(path)),
        rights=built.bootstraps,
    )


def _documents(read: Callable[[str], bytes]) -> dict[str, Any]:
    """Return the files of a folder that may read the tags of resources: policies, and scripts as text."""
    documents: dict[str, Any] = {}
    for name in json.loads(read(manifest.MANIFEST)).get("files", {}):
        if name.startswith(_POLICIES):
            documents[name] = _parsed(read(name).decode("utf-8"))
        elif name.endswith(".sh"):
            documents[name] = read(name).decode("utf-8")
    return documents


@cache
def _parsed(text: str) -> Any:
    return load(text)  # JSON is YAML, too


def _edited(root: Path, environments: Mapping[str, object]) -> dict[str, dict[str, str]]:
    """Return environment -> parameter -> parameter file in the parent folder."""
    edited: dict[str, dict[str, str]] = {}
    shared = _keys_of_file(root / "parameters" / "shared.json")
    for environment in environments:
        own = _keys_of_file(root / "parameters" / f"{environment}.json")
        edited[environment] = dict.fromkeys(shared, "parameters/shared.json")
        edited[environment] |= dict.fromkeys(own, f"parameters/{environment}.json")
    return edited


def _acceptances(content: Callable[[], bytes], where: str) -> tuple[acceptance.Acceptance, ...]:
    try:
        data = content()
    except OSError:
        return ()
    try:
        return acceptance.read(data, where)
    except acceptance.AcceptanceError as error:
        raise ReviewError(str(error)) from error


def _keys_of_file(path: Path) -> list[str]:
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return []
    if isinstance(content, dict):
        return list(content)
    return []
