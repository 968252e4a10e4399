"""Deployment files of CloudFormation's Git sync: a template of the repository and the values that it gets.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/git-sync-concepts-terms.html
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FOLDER: Final = "out"
"""Where the templates lie in the repository, from whose root Git sync reads every path."""


def deployment_file(
    template: str,
    parameters: Mapping[str, str],
    tags: Mapping[str, str],
    per_deploy: Sequence[str] = (),
) -> str:
    """Return the deployment file of one stack in one environment, as YAML.

    Every value is quoted: a bare ``10.20`` or ``yes`` would arrive as something else.

    Args:
        template: file name of the template.
        parameters: the values of its parameters.
        tags: the tags of the stack.
        per_deploy: parameters that each deploy decides anew. The file cannot hold them, so it names them.
    """
    lines = [
        "# Generated from the parameter files; edit those, not this one.",
        "# Refresh with: make templates",
    ]
    if per_deploy:
        lines.append(f"# Each deploy decides, so a copy of this file has to add: {', '.join(per_deploy)}")
    lines.append(f"template-file-path: {json.dumps(f'{FOLDER}/{template}')}")
    for key, values in (("parameters", parameters), ("tags", tags)):
        if values:
            lines += [f"{key}:", *(f"  {name}: {json.dumps(value)}" for name, value in values.items())]
    return "\n".join([*lines, ""])
