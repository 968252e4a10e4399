"""Checks that no single template can pass on its own: what stacks read from each other, and derived values.

They work on rendered templates as plain dicts, with the long forms of the functions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from csr_templates.cloudformation.wiring import uses
from csr_templates.stacks.listing import Stack
from csr_templates.stacks.parts import names

PREFIX = f"{names.PREFIX}-"

_HERE = {"Ref": "AWS::Region"}
_SECRET = "a dynamic reference"  # among the functions that read


class _Read(NamedTuple):
    """A value of another stack, and the place that names it."""

    place: str
    function: str
    argument: Any


def problems(stacks: Sequence[Stack], templates: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return a sentence for each place where the stacks do not fit together, or a template is not whole.

    - An import needs an export of the same name in an earlier stack of the same region; CloudFormation would
      notice only when the stack is deployed. ``Fn::GetStackOutput`` needs that output in an earlier stack,
      and its region; one that a parameter gives is judged with the values of the parameters.
    - A secret that a dynamic reference names is in the region of the stack, or has a replica there.
    - Two stacks of a region must not export the same name.
    - ``reads_from`` of a stack, which goes into the manifest, is what its template reads from.
    - What a stack derived from its template still follows from it.

    Args:
        stacks: in deploy order.
        templates: their templates, in the same order.
    """
    found = []
    earlier: list[tuple[Stack, Mapping[str, Any]]] = []
    for stack, template in zip(stacks, templates, strict=True):
        reads = list(_find(template))
        found += [
            f"Stack {stack.name}: {sentence}"
            for sentence in (
                *_double_exports(stack, template, earlier),
                *_reads(stack, reads, earlier),
                *_secrets(stack, template, reads, earlier),
                *stack.stale(template),
            )
        ]
        earlier.append((stack, template))
    return found


def exports(template: Mapping[str, Any]) -> dict[str, str]:
    """Return the name of each export of a template, as it stands there -> the key of its output."""
    return {
        _shown(output["Export"]["Name"]): key
        for key, output in template.get("Outputs", {}).items()
        if "Export" in output
    }


def imports(template: Mapping[str, Any]) -> list[str]:
    """Return the names that a template imports, as they stand there, each once, sorted."""
    return sorted({_shown(read.argument) for read in _find(template) if read.function == "Fn::ImportValue"})


def _double_exports(
    stack: Stack, template: Mapping[str, Any], earlier: Sequence[tuple[Stack, Mapping[str, Any]]]
) -> Iterator[str]:
    for name, key in exports(template).items():
        for other, its_template in earlier:
            if other.region == stack.region and name in exports(its_template):
                yield (
                    f"Outputs.{key}: It exports {name}, which stack {other.name} exports in the same region. "
                    "Give one of them another name."
                )


def _reads(
    stack: Stack, reads: Sequence[_Read], earlier: Sequence[tuple[Stack, Mapping[str, Any]]]
) -> Iterator[str]:
    sources = set()
    for read in reads:
        if read.function == _SECRET:
            continue
        if read.function == "Fn::ImportValue":
            name = _shown(read.argument)
            found = [one.name for one, its in earlier if one.region == stack.region and name in exports(its)]
            what = f"imports {name}, which no earlier stack of {stack.region} exports"
        else:
            key = read.argument.get("OutputName")
            name = _shown(read.argument.get("StackName"))
            its_stacks = [
                one for one, its in earlier if name == PREFIX + one.name and key in its.get("Outputs", {})
            ]
            found = [one.name for one in its_stacks]
            region = read.argument.get("Region", _HERE)
            for one in its_stacks:
                asked = stack.region if region == _HERE else region
                if isinstance(asked, str) and asked != one.region:
                    yield (
                        f"{read.place}: It reads the output {key} of {name} in {asked}, but that stack is "
                        f"deployed to {one.region}. Correct Region."
                    )
            what = f"reads the output {key} of {name}, and no earlier stack of that name has it"
        sources.update(found)
        if not found:
            yield f"{read.place}: It {what}. Name an output that is there, or add it to its stack."
    if sources != set(stack.reads_from):
        yield (
            f"It reads from {_names(sources)}, but its reads_from says {_names(stack.reads_from)}. Correct "
            "reads_from in stacks/listing.py: the manifest hands it to the pipeline."
        )


def _secrets(
    stack: Stack,
    template: Mapping[str, Any],
    reads: Sequence[_Read],
    earlier: Sequence[tuple[Stack, Mapping[str, Any]]],
) -> Iterator[str]:
    """Yield the secrets that are not where they are read; one that no stack creates is not known."""
    known: dict[str, tuple[Stack, set[str]]] = {}
    for one, its in (*earlier, (stack, template)):
        for resource in its.get("Resources", {}).values():
            properties = resource.get("Properties", {})
            replicas = properties.get("ReplicaRegions", [])
            if resource.get("Type") == "AWS::SecretsManager::Secret" and isinstance(replicas, list):
                regions = {one.region, *(str(replica.get("Region")) for replica in replicas)}
                known[_shown(properties.get("Name"))] = one, regions
    for read in reads:
        if read.function == _SECRET and read.argument in known:
            owner, regions = known[read.argument]
            if stack.region not in regions:
                yield (
                    f"{read.place}: It reads the secret {read.argument} in {stack.region}, but stack "
                    f"{owner.name} keeps it in {_names(regions)}. Add the region to its ReplicaRegions."
                )


def _find(node: Any, place: str = "") -> Iterator[_Read]:
    """Yield whatever in a template reads from another stack."""
    if isinstance(node, list):
        for index, item in enumerate(node):
            if isinstance(item, (dict, list)):
                yield from _find(item, f"{place}[{index}]")
    elif isinstance(node, dict):
        for key, item in node.items():
            if key in ("Fn::ImportValue", "Fn::GetStackOutput"):
                yield _Read(place, key, item)
            elif isinstance(item, (dict, list)):
                yield from _find(item, f"{place}.{key}" if place else key)
            elif isinstance(item, str) and "{{resolve:" in item:
                for use in uses(item):
                    yield _Read(f"{place}.{key}" if place else key, _SECRET, use.name)


def _shown(name: Any) -> str:
    """Return a name as a reader of the template knows it: the text of Sub, or of whatever stands there."""
    return str(name["Fn::Sub"] if isinstance(name, Mapping) and "Fn::Sub" in name else name)


def _names(names: Iterable[str]) -> str:
    return " and ".join(sorted(names)) or "no other stack"
