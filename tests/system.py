"""What the tests need to know of the system, read from the listing of the stacks and from ``parameters/``."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from csr_templates import STACKS

ROOT: Final = Path(__file__).resolve().parents[1]
_SHARED: Final = "shared"
_PARAMETERS: Final = ROOT / "parameters"

PROJECT: Final[str] = json.loads((_PARAMETERS / f"{_SHARED}.json").read_text("utf-8"))["ProjectName"]
ENVIRONMENTS: Final[Sequence[str]] = sorted(
    file.stem for file in _PARAMETERS.glob("*.json") if file.stem != _SHARED
)
NOT_PRODUCTION: Final[Sequence[str]] = [name for name in ENVIRONMENTS if name != "prod"]
STACK_NAMES: Final[Sequence[str]] = [stack.name for stack in STACKS]  # in deploy order
REGIONS: Final[Mapping[str, str]] = {stack.name: stack.region for stack in STACKS}


DEFAULT_PROJECT: Final[str] = STACKS[0].build().to_dict()["Parameters"]["ProjectName"]["Default"]
"""The project name in the commands and links of the pages."""


def readers(name: str) -> Sequence[str]:
    """Return the stacks that import from a stack, directly or through others, in the order of their deletion.

    Only stacks of its region import. A stack of another region reads the outputs during its own deploy.
    """
    reading = {name}
    for stack in STACKS:
        if reading & set(stack.reads_from) and stack.region == REGIONS[name]:
            reading.add(stack.name)
    return [stack.name for stack in reversed(STACKS) if stack.name in reading - {name}]
