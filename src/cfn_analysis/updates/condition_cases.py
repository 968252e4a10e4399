"""What a changed condition can do where the deployed values that it depends on are not known.

Both formulas are evaluated for all values that they distinguish: the texts in them, the keys of their
mappings, and one other text; or the values that the parameter allows.
"""

import itertools
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple

from cfn_analysis.model.intrinsics import as_strings, is_unknown
from cfn_analysis.model.references import uses
from cfn_analysis.model.three_valued import NO, UNKNOWN, YES, Truth
from cfn_analysis.updates import partial_resolving
from cfn_analysis.updates.resolved_stack import Output, ResolvedStack, Resource

_MOST: Final = 256
_OTHERS: Final = ("", "none of the texts in the formulas")


class Cases(NamedTuple):
    """Whether a resource or output may exist only before, and whether it may exist only after a deploy."""

    may_end: bool
    may_begin: bool


def existence_cases(
    before: ResolvedStack, after: ResolvedStack, old: Resource | Output, new: Resource | Output
) -> Cases:
    """Return the cases of a resource or output that exists or may exist in both states."""
    if (old.exists, new.exists) == (UNKNOWN, UNKNOWN):
        if old.condition_inputs == new.condition_inputs:
            return Cases(may_end=False, may_begin=False)
        return formula_cases(before, after, old.attributes["Condition"], new.attributes["Condition"])
    return Cases(new.exists is UNKNOWN, old.exists is UNKNOWN)


@lru_cache(maxsize=64)  # many resources have the same condition
def formula_cases(before: ResolvedStack, after: ResolvedStack, old: str, new: str) -> Cases:
    """Return the cases when the condition ``old`` of an entry becomes ``new``."""
    formulas = _Formula(before, old), _Formula(after, new)
    choices: dict[str, dict[str, None]] = {}
    for formula in formulas:
        for name, texts in formula.possible_values():
            choices.setdefault(name, {}).update(dict.fromkeys(texts))
    combinations = list(itertools.islice(itertools.product(*choices.values()), _MOST + 1))
    pairs: set[tuple[Truth, Truth]] = set()
    for chosen in combinations[:_MOST]:
        assigned = dict(zip(choices, chosen, strict=True))
        pairs.add((formulas[0].truth(assigned), formulas[1].truth(assigned)))
    # A value for which the deployed formula has no result, such as no key of a mapping, was not deployed.
    decided = {pair for pair in pairs if pair[0] is not UNKNOWN}
    if not decided or len(combinations) > _MOST:
        return Cases(may_end=True, may_begin=True)
    return Cases(
        any(was is YES and will is not YES for was, will in decided),
        any(was is NO and will is not NO for was, will in decided),
    )


class _Formula:
    """A condition, with all conditions and mappings that it depends on."""

    def __init__(self, stack: ResolvedStack, condition: str) -> None:
        self.condition = condition
        self.region = stack.built.region
        self.declared = stack.built.parameters
        unknown = [name for name in stack.built.per_deploy if name not in stack.given_values]
        values = partial_resolving.parameter_values(self.declared, stack.given_values, unknown, shown=False)
        self.values = {**partial_resolving.known_pseudo_parameters(self.region), **values}
        mappings = stack.built.template.get("Mappings", {})
        conditions = partial_resolving.formulas(stack.built.template, condition)
        names: dict[str, None] = {}
        keys: set[str] = set()
        for use in uses([*conditions.values()]):
            if use.kind == "name":
                names[use.name] = None
            elif use.kind == "mapping" and use.name == "*":
                keys.update(*mappings.values())
            elif use.kind == "mapping":
                keys.update(mappings.get(use.name, {}))
        self.names = list(names)
        self.template = {"Conditions": conditions, "Mappings": mappings}
        self.texts = [*dict.fromkeys([*_compared(list(conditions.values())), *sorted(keys), *_OTHERS])]

    def possible_values(self) -> Iterator[tuple[str, list[str]]]:
        """Yield each name whose value is not known, and the values to try."""
        for name in self.names:
            if is_unknown(self.values.get(name, {"Ref": name})):
                allowed = self.declared.get(name, {}).get("AllowedValues")
                yield name, [str(as_strings(value)) for value in allowed or self.texts]

    def truth(self, assigned: Mapping[str, str]) -> Truth:
        """Return the result for some values of the unknown names."""
        return partial_resolving.condition_truths(self.template, {**self.values, **assigned}, self.region)[
            self.condition
        ]


def _compared(node: Any) -> Iterator[str]:
    """Yield the texts in formulas, except names."""
    if isinstance(node, Mapping):
        for key, value in node.items():
            if key not in ("Condition", "Ref"):
                yield from _compared(value)
    elif isinstance(node, list):
        for value in node:
            yield from _compared(value)
    else:
        yield str(as_strings(node))
