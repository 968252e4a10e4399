"""The region of a template that is named as a file."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from cfn_analysis.model.wording import beginning
from csr_templates.hand_over import manifest

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

DEFAULT: Final = "ap-northeast-1"  # of every stack except frontend
DEFAULT_IN_WORDS: Final = f"that in stacks.json in the folder of the file, or {DEFAULT}"


def in_manifest(file: Path) -> str:
    """Return the region of a built template, from the manifest of its folder; empty if there is none.

    Bootstrap templates are one folder below the manifest. A stacks.json of another program is ignored.
    """
    real = file.resolve()
    for folder in real.parents[:2]:
        with suppress(OSError, manifest.ManifestError):
            document = manifest.read((folder / manifest.MANIFEST).read_bytes(), manifest.MANIFEST)
            path = real.relative_to(folder).as_posix()
            for stack in document["stacks"]:
                if path in stack.values():
                    return str(stack["region"])
    return ""


def assumed(files: Sequence[Path], verb: str) -> str:
    """Return the line about files whose region is only assumed; ``verb`` is what the command does to them."""
    names = beginning([str(file) for file in files], 3)
    return (
        f"csr-templates: No stacks.json lists {names}: {verb} for {DEFAULT}. Specify another region with "
        "--region."
    )
