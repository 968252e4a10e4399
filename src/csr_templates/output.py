"""From stacks to the files of ``out/``: build, render and lint them in memory, and describe the set.

``writing.write`` puts the files into a folder once all of them are clean.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from csr_templates import rendering
from csr_templates.stacks import STACKS, Stack
from csr_templates.writing import FORMAT_VERSION, MANIFEST, as_json, sha256

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from csr_templates.linting import Finding


@dataclass(frozen=True)
class StackReport:
    """What building one stack gave.

    Attributes:
        name: the stack.
        template: file name of its template.
        region: AWS region that it was checked for.
        resources: number of resources in the template.
        bytes: size of the template.
        seconds: time spent on building, rendering and linting it.
    """

    name: str
    template: str
    region: str
    resources: int
    bytes: int
    seconds: float


@dataclass(frozen=True)
class Assembly:
    """Everything that a build would write, before it writes anything.

    Attributes:
        files: POSIX path relative to the output folder -> content, ``stacks.json`` last.
        stacks: one report per stack, in deploy order.
        findings: what the linter found; files with findings are not to be written.
    """

    files: dict[str, bytes]
    stacks: tuple[StackReport, ...]
    findings: tuple[Finding, ...]


def assemble(stacks: Sequence[Stack] = STACKS, *, lint: bool = True) -> Assembly:
    """Build, render and lint every stack, and describe the set in ``stacks.json``. Touches no file.

    Raises:
        rendering.RenderError: a template holds something that must not be written.
    """
    files: dict[str, bytes] = {}
    reports = []
    findings: list[Finding] = []
    for stack in stacks:
        if stack.template in files or stack.template == MANIFEST:
            raise ValueError(f"Stack {stack.name}: the file name {stack.template} is taken already.")
        started = time.perf_counter()
        text, resources = _render(stack)
        if lint:
            findings += _lint(stack, text)
        data = files[stack.template] = text.encode("ascii")
        seconds = time.perf_counter() - started
        reports.append(
            StackReport(stack.name, stack.template, stack.region, resources, len(data), round(seconds, 3))
        )
    files[MANIFEST] = as_json(manifest(reports, files))
    return Assembly(files, tuple(reports), tuple(findings))


def render(stack: Stack) -> str:
    """Return the YAML of one stack, exactly as a build would write it.

    Raises:
        rendering.RenderError: the template holds something that must not be written.
    """
    return _render(stack)[0]


def manifest(reports: Iterable[StackReport], files: Mapping[str, bytes]) -> dict[str, Any]:
    """Return what ``stacks.json`` says of the set: its stacks in deploy order and the hash of every file."""
    return {
        "formatVersion": FORMAT_VERSION,
        "stacks": [
            {
                "name": report.name,
                "template": report.template,
                "region": report.region,
                "resources": report.resources,
            }
            for report in reports
        ],
        "files": {path: {"sha256": sha256(data), "bytes": len(data)} for path, data in files.items()},
    }


def _render(stack: Stack) -> tuple[str, int]:
    template = stack.build()
    body = template.to_dict()
    header = (
        f"Generated from {stack.source.parent.name}/{stack.source.name}; edit that file, not this one.",
        "Refresh with: make templates",
    )
    try:
        text = rendering.render(body, header=header, sections=template.sections)
    except rendering.RenderError as error:
        raise rendering.RenderError(f"Stack {stack.name}: {error}") from error
    return text, len(body.get("Resources", {}))


def _lint(stack: Stack, text: str) -> list[Finding]:
    from csr_templates import linting  # costs half a second, which only linting should pay

    return linting.lint(text, stack.region, stack=stack.name, file=stack.template, source=stack.source)
