"""The JSON Schemas of the output folder, for editors and for programs that read the reports.

Schemas that follow from the stacks are created here; the others are files of the packages, which are copied.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from cfn_analysis.reviewing import acceptance
from csr_templates.costs.usage_schema import usage_schema
from csr_templates.environments.schemas import environment_schema, shared_schema
from csr_templates.hand_over.manifest import as_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cfn_analysis.model.built_stack import BuiltStack

FOLDER: Final = "schemas"
_SOURCES: Final = Path(__file__).parents[2]  # importlib.resources is a fiftieth of a build without lint
_OF_PACKAGES: Final = (
    ("cfn_analysis/reviewing", "review"),
    ("csr_templates/costs", "cost"),
    ("csr_templates/hand_over", "stacks"),
    ("csr_templates/preflight", "facts"),
    ("csr_templates/preflight", "report"),
)


def schema_files(stacks: Sequence[BuiltStack], environments: Sequence[str]) -> dict[str, bytes]:
    """Return path -> content of all schemas; ``environments`` are the names of the environments."""
    written = {
        "environment": as_json(environment_schema(stacks)),
        "shared": as_json(shared_schema(stacks)),
        "usage": as_json(usage_schema(stacks, environments or [""])),
        "acceptance": as_json(acceptance.schema()),
    }
    for folder, name in _OF_PACKAGES:
        written[name] = (_SOURCES / folder / f"{name}.schema.json").read_text("utf-8").encode()
    return {f"{FOLDER}/{name}.schema.json": content for name, content in written.items()}
