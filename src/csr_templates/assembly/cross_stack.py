"""Checks that no single template can pass on its own: what stacks read from each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from csr_templates.cloudformation.built_stack import BuiltStack
from csr_templates.cloudformation.references import in_words, place_in_words, uses


def problems(stacks: Sequence[BuiltStack]) -> list[str]:
    """Return a sentence for each place where the stacks, in deploy order, do not fit together.

    - An import needs an export of the same name in an earlier stack of the same region; CloudFormation would
      notice only when the stack is deployed. ``Fn::GetStackOutput`` needs that output in an earlier stack.
    - Two stacks of a region must not export the same name.
    - ``reads_from`` of a stack, which goes into the manifest, is what its template reads from.
    """
    return [
        f"Stack {stack.name}: {sentence}"
        for number, stack in enumerate(stacks)
        for sentence in (*_double_exports(stack, stacks[:number]), *_reads(stack, stacks[:number]))
    ]


def exports(stack: BuiltStack) -> dict[str, str]:
    """Return the name of each export of a template, as it is written there -> the key of its output."""
    return {
        in_words(output["Export"]["Name"]): key for key, output in stack.outputs.items() if "Export" in output
    }


def _double_exports(stack: BuiltStack, earlier: Sequence[BuiltStack]) -> Iterator[str]:
    for name, key in exports(stack).items():
        for other in earlier:
            if other.region == stack.region and name in exports(other):
                yield (
                    f"Outputs.{key}: It exports {name}, which stack {other.name} exports in the same region. "
                    "Give one of them another name."
                )


def _reads(stack: BuiltStack, earlier: Sequence[BuiltStack]) -> Iterator[str]:
    sources = set()
    for place, kind, name in uses(stack.template):
        if kind == "import":
            found = [one.name for one in earlier if one.region == stack.region and name in exports(one)]
            what = f"imports {name}, which no earlier stack of {stack.region} exports"
        elif kind == "output":
            deployed, _, key = name.rpartition("/")
            found = [one.name for one in earlier if deployed == one.name_pattern and key in one.outputs]
            what = f"reads the output {key} of {deployed}, and no earlier stack of that name has it"
        else:
            continue
        sources.update(found)
        if not found:
            yield f"{place_in_words(place)}: It {what}. Name an output that is there, or add it to its stack."
    if sources != set(stack.reads_from):
        yield (
            f"It reads from {_names(sources)}, but its reads_from says {_names(stack.reads_from)}. Correct "
            "reads_from in stacks/listing.py: the manifest hands it to the pipeline."
        )


def _names(names: Iterable[str]) -> str:
    return " and ".join(sorted(names)) or "no other stack"
