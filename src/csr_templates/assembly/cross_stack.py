"""Checks across stacks: the values that stacks read from each other."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from cfn_analysis.model.built_stack import BuiltStack
from cfn_analysis.model.references import in_words, place_in_words
from cfn_analysis.model.wording import hint
from csr_templates.assembly import handed_over
from csr_templates.naming import PREFIX

_OWN_REGION: Final = {"Ref": "AWS::Region"}


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
    problems_of_stacks = []
    for number, stack in enumerate(stacks):
        earlier = stacks[:number]
        sentences = (
            *_double_exports(stack, earlier),
            *_reads(stack, earlier),
            *_regions(stack, earlier),
            *_secrets(stack, (*earlier, stack)),
            *handed_over.problems(stack, earlier),
        )
        problems_of_stacks += [f"Stack {stack.name}: {sentence}" for sentence in sentences]
    return problems_of_stacks


def _double_exports(stack: BuiltStack, earlier: Sequence[BuiltStack]) -> Iterator[str]:
    for name, key in stack.exports.items():
        for exporter in earlier:
            if exporter.region == stack.region and name in exporter.exports:
                yield (
                    f"Outputs.{key}: It exports {name}, which stack {exporter.name} exports in the same "
                    "region. Rename one of them."
                )


def _reads(stack: BuiltStack, earlier: Sequence[BuiltStack]) -> Iterator[str]:
    """Yield what is read from a stack that does not have it, and a wrong ``reads_from``."""
    sources: set[str] = set()
    for place, kind, name in stack.outside_uses:
        if kind == "import":
            of_region = [exporter for exporter in earlier if exporter.region == stack.region]
            exporters = [exporter.name for exporter in of_region if name in exporter.exports]
            problem = "" if exporters else _missing_export(name, stack.region, of_region)
        elif kind == "output":
            deployed, _, key = name.rpartition("/")
            exporters = [exporter.name for exporter in _with_output(earlier, deployed, key)]
            problem = "" if exporters else _missing_output(deployed, key, earlier)
        else:
            continue
        sources.update(exporters)
        if problem:
            yield f"{place_in_words(place)}: {problem} Specify an existing output, or add it to its stack."
    if sources != set(stack.reads_from):
        yield (
            f"It reads from {_joined_names(sources)}, but its reads_from has "
            f"{_joined_names(stack.reads_from)}. Correct "
            "reads_from in stacks/listing.py: the pipeline uses it through the manifest."
        )


def _missing_export(name: str, region: str, stacks: Iterable[BuiltStack]) -> str:
    """Return the sentence about an imported name that none of the stacks of a region exports."""
    names: list[str] = []
    for stack in stacks:
        names += [export.removeprefix(PREFIX) for export in stack.exports]
    similar = hint(name.removeprefix(PREFIX), names)
    return f"It imports {name}, which no earlier stack of {region} exports.{similar}"


def _missing_output(deployed: str, key: str, stacks: Iterable[BuiltStack]) -> str:
    """Return the sentence about an output that no stack has under the name of a deployed stack."""
    names: list[str] = []
    for stack in stacks:
        names += [f"{stack.name}/{output}" for output in stack.outputs]
    similar = hint(f"{deployed}/{key}".removeprefix(PREFIX), names)
    return f"It reads the output {key} of {deployed}, and no earlier stack of that name has it.{similar}"


def _regions(stack: BuiltStack, earlier: Sequence[BuiltStack]) -> Iterator[str]:
    """Yield the outputs that are read from a region other than that of their stack."""
    for place, arguments in stack.read_outputs:
        if not isinstance(arguments, dict):
            continue  # reported by the linter
        deployed, key = in_words(arguments.get("StackName")), arguments.get("OutputName")
        region = arguments.get("Region", _OWN_REGION)
        if region == _OWN_REGION:
            region = stack.region
        if not isinstance(region, str):
            continue  # from a parameter: checked with its values
        for publisher in _with_output(earlier, deployed, key):
            if region != publisher.region:
                yield (
                    f"{place_in_words(place)}: It reads the output {key} of {deployed} in {region}, but that "
                    f"stack is deployed to {publisher.region}. Correct Region."
                )


def _with_output(stacks: Iterable[BuiltStack], deployed: str, key: object) -> list[BuiltStack]:
    return [stack for stack in stacks if stack.name_pattern == deployed and key in stack.outputs]


def _secrets(stack: BuiltStack, stacks: Iterable[BuiltStack]) -> Iterator[str]:
    """Yield the secrets of stacks without a replica in the region of a reader; others are not known."""
    regions_of_secrets: dict[str, tuple[str, set[str]]] = {}
    for owner in stacks:
        for resource in owner.resources.values():
            properties = resource.get("Properties", {})
            replicas = properties.get("ReplicaRegions", [])
            if resource.get("Type") == "AWS::SecretsManager::Secret" and isinstance(replicas, list):
                regions = {owner.region, *(str(replica.get("Region")) for replica in replicas)}
                regions_of_secrets[in_words(properties.get("Name"))] = owner.name, regions
    for place, kind, name in stack.outside_uses:
        if kind != "secret" or name not in regions_of_secrets:
            continue
        owner_name, regions = regions_of_secrets[name]
        if stack.region not in regions:
            yield (
                f"{place_in_words(place)}: It reads the secret {name} in {stack.region}, but stack "
                f"{owner_name} has it in {_joined_names(regions)}. Add the region to its ReplicaRegions."
            )


def _joined_names(names: Iterable[str]) -> str:
    return " and ".join(sorted(names)) or "no other stack"
