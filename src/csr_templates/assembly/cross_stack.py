"""Checks across stacks: the values that stacks read from each other."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from cfn_analysis.model.built_stack import BuiltStack
from cfn_analysis.model.references import in_words, place_in_words
from cfn_analysis.model.wording import hint
from csr_templates.assembly import handed_over
from csr_templates.naming import PREFIX

_HERE: Final = {"Ref": "AWS::Region"}


def problems(stacks: Sequence[BuiltStack]) -> list[str]:
    """Return a sentence for each inconsistency between the stacks, in deploy order.

    - An import needs an export of the same name in an earlier stack of the same region, which CloudFormation
      checks only in the deploy. ``Fn::GetStackOutput`` needs the output in an earlier stack, and its region;
      a region from a parameter is checked with the values of the parameters.
    - A secret in a dynamic reference must be in the region of the stack, or have a replica there.
    - Two stacks of a region must not export the same name.
    - An imported value must have the type of its use (``handed_over``).
    - ``reads_from`` of a stack, for the manifest, must be the stacks that its template reads from.
    """
    found = []
    for number, stack in enumerate(stacks):
        found += [
            f"Stack {stack.name}: {sentence}"
            for sentence in (
                *_double_exports(stack, stacks[:number]),
                *_reads(stack, stacks[:number]),
                *_regions(stack, stacks[:number]),
                *_secrets(stack, stacks[: number + 1]),
                *handed_over.problems(stack, stacks[:number]),
            )
        ]
    return found


def _double_exports(stack: BuiltStack, earlier: Sequence[BuiltStack]) -> Iterator[str]:
    for name, key in stack.exports.items():
        for exporter in earlier:
            if exporter.region == stack.region and name in exporter.exports:
                yield (
                    f"Outputs.{key}: It exports {name}, which stack {exporter.name} exports in the same "
                    "region. Rename one of them."
                )


def _reads(stack: BuiltStack, earlier: Sequence[BuiltStack]) -> Iterator[str]:
    sources = set()
    for place, kind, name in stack.outside_uses:
        if kind == "import":
            found = [
                exporter.name
                for exporter in earlier
                if exporter.region == stack.region and name in exporter.exports
            ]
            what = f"imports {name}, which no earlier stack of {stack.region} exports"
            here = [exporter for exporter in earlier if exporter.region == stack.region]
            known = [export.removeprefix(PREFIX) for exporter in here for export in exporter.exports]
        elif kind == "output":
            deployed, _, key = name.rpartition("/")
            found = [exporter.name for exporter in _with_output(earlier, deployed, key)]
            what = f"reads the output {key} of {deployed}, and no earlier stack of that name has it"
            known = [f"{exporter.name}/{output}" for exporter in earlier for output in exporter.outputs]
        else:
            continue
        sources.update(found)
        if not found:
            advice = "Specify an existing output, or add it to its stack."
            yield f"{place_in_words(place)}: It {what}.{hint(name.removeprefix(PREFIX), known)} {advice}"
    if sources != set(stack.reads_from):
        yield (
            f"It reads from {_joined_names(sources)}, but its reads_from has "
            f"{_joined_names(stack.reads_from)}. Correct "
            "reads_from in stacks/listing.py: the pipeline uses it through the manifest."
        )


def _regions(stack: BuiltStack, earlier: Sequence[BuiltStack]) -> Iterator[str]:
    """Yield the outputs that are read from a region other than that of their stack."""
    for place, asked in stack.read_outputs:
        if not isinstance(asked, dict):
            continue  # reported by the linter
        deployed, key = in_words(asked.get("StackName")), asked.get("OutputName")
        region = asked.get("Region", _HERE)
        region = stack.region if region == _HERE else region
        for publisher in _with_output(earlier, deployed, key):
            if isinstance(region, str) and region != publisher.region:
                yield (
                    f"{place_in_words(place)}: It reads the output {key} of {deployed} in {region}, but that "
                    f"stack is deployed to {publisher.region}. Correct Region."
                )


def _with_output(stacks: Iterable[BuiltStack], deployed: str, key: object) -> list[BuiltStack]:
    return [stack for stack in stacks if stack.name_pattern == deployed and key in stack.outputs]


def _secrets(stack: BuiltStack, known: Iterable[BuiltStack]) -> Iterator[str]:
    """Yield the secrets without a replica in the region of a reader; other secrets are not known."""
    kept: dict[str, tuple[str, set[str]]] = {}
    for keeper in known:
        for resource in keeper.resources.values():
            properties = resource.get("Properties", {})
            replicas = properties.get("ReplicaRegions", [])
            if resource.get("Type") == "AWS::SecretsManager::Secret" and isinstance(replicas, list):
                regions = {keeper.region, *(str(replica.get("Region")) for replica in replicas)}
                kept[in_words(properties.get("Name"))] = keeper.name, regions
    for place, kind, name in stack.outside_uses:
        if kind == "secret" and name in kept:
            owner, regions = kept[name]
            if stack.region not in regions:
                yield (
                    f"{place_in_words(place)}: It reads the secret {name} in {stack.region}, but stack "
                    f"{owner} has it in {_joined_names(regions)}. Add the region to its ReplicaRegions."
                )


def _joined_names(names: Iterable[str]) -> str:
    return " and ".join(sorted(names)) or "no other stack"
