"""Deployment files for CloudFormation's Git sync: path of the template, parameter values and tags.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/git-sync-concepts-terms.html
"""

from __future__ import annotations

import os.path
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from csr_templates.hand_over.manifest import REFRESH

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def path_in_repository(folder: Path) -> PurePosixPath | None:
    """Return the path of a folder from the root of its Git repository; None if Git sync cannot read it.

    Git does not follow symbolic links, so they are resolved. The folder need not exist.
    """
    try:
        real = Path(os.path.realpath(folder))
    except OSError:  # the current folder has been removed
        return None
    for root in (real, *real.parents):
        if os.path.lexists(root / ".git"):  # a file, in a worktree or a submodule
            path = PurePosixPath(real.relative_to(root).as_posix())
            if _is_text(str(path)):
                return path
            return None
    return None


def deployment_file(
    template: str,
    parameters: Mapping[str, str],
    tags: Mapping[str, str],
    per_deploy: Sequence[str] = (),
    refresh: str = REFRESH,
) -> str:
    """Return the deployment file of one stack in one environment, as YAML.

    A comment lists the names of the per-deploy parameters. Every value is quoted, because
    YAML reads an unquoted ``10.20`` or ``yes`` as another type.
    """
    lines = [
        "# Generated from the parameter files; edit those, not this one.",
        f"# Refresh with: {refresh}",
    ]
    if per_deploy:
        lines.append(f"# Set at each deploy, so a copy of this file must add: {', '.join(per_deploy)}")
    lines.append(f"template-file-path: {_quoted(template)}")
    for key, values in (("parameters", parameters), ("tags", tags)):
        if values:
            lines += [f"{key}:", *(f"  {name}: {_quoted(value)}" for name, value in values.items())]
    return "\n".join([*lines, ""])


def _is_text(path: str) -> bool:
    """Return whether a path is valid Unicode, which YAML needs; paths of a file system are bytes."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


def _quoted(text: str) -> str:
    """Return a text in double quotes, with escapes that YAML and Python share."""
    escaped = text.encode("unicode_escape").decode("ascii").replace('"', '\\"')
    return f'"{escaped}"'
