"""Measures what a review knows of single edits: ``python benchmarks/review.py --edits 200 --seeds 1 2 3``.

Each edit is one that a person could make by hand in a template of out/ or in a parameter file, also a wrong
one: a value is removed, changed or gets a sibling; a resource, an output, a parameter or a condition is added
(as a copy) or removed. Each edit is reviewed alone, in all environments; its verdict is the weakest.

``--edits 0`` makes every removal and change of every value, and every copy and removal of every entry: this
takes about an hour. ``--list harmless`` prints the edits with this verdict. A seed always makes the same
edits.
"""

from __future__ import annotations

import argparse
import copy
import dataclasses
import gc
import json
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from cfn_analysis.model.schemas import known_property_schema, writable_properties
from cfn_analysis.model.template_text import TemplateTextError, read_template
from cfn_analysis.reviewing import report
from cfn_analysis.reviewing.judging import HARMLESS, NOT_JUDGED, Judgment
from cfn_analysis.reviewing.kinds import WILL_FAIL
from cfn_analysis.reviewing.sides import ReviewError, Side
from csr_templates.hand_over import review_sides

OUT: Final = Path(__file__).resolve().parents[1] / "out"
REMOVE: Final = "remove"
CHANGE: Final = "change"
SIBLING: Final = "add a sibling"
ADD: Final = "add"
VERDICTS: Final = (
    "risk", "effect", "will fail", "harmless", "no change", "refused", "silent", "crash", "not judged",
)  # fmt: skip
ENTRIES: Final = ("Resources", "Outputs", "Parameters", "Conditions")
# Of a hundred edits: values in the templates, values in parameter files, and whole entries of the templates.
SHARES: Final = (80, 5, 15)

Place = tuple[str | int, ...]


class Edit(NamedTuple):
    """An edit at a place: in the template of a stack, or in the values of an environment."""

    how: str
    stack: str
    place: Place
    environment: str = ""

    def __str__(self) -> str:
        """Return the edit for a list."""
        path = ".".join(str(step) for step in self.place)
        return f"{self.how} {self.environment or self.stack} {path}"


class Reviewed(NamedTuple):
    """An edit, its verdict, and what the review says about it."""

    edit: Edit
    verdict: str
    details: Sequence[str]


def leaves(value: Any, place: Place = ()) -> Iterator[Place]:
    """Yield the places of all values that are not mappings or lists; a call of a function is one value."""
    if isinstance(value, Mapping) and value and not is_call(value):
        for key, inner in value.items():
            yield from leaves(inner, (*place, key))
    elif isinstance(value, list) and value:
        for number, inner in enumerate(value):
            yield from leaves(inner, (*place, number))
    else:
        yield place


def is_call(value: Mapping[str, Any]) -> bool:
    """Return whether a mapping calls a function; the branches of Fn::If are values of their own."""
    name = next(iter(value))
    return len(value) == 1 and (name == "Ref" or name.startswith("Fn::")) and name != "Fn::If"


def value_edits(side: Side) -> list[Edit]:
    """Return the edits of all values in the templates."""
    edits = []
    for stack in side.stacks:
        for place in leaves(stack.template):
            edits += [Edit(how, stack.name, place) for how in (REMOVE, CHANGE, SIBLING)]
    return edits


def parameter_edits(side: Side) -> list[Edit]:
    """Return the edits of all values in parameter files."""
    edits = []
    for environment, stacks in side.environments.items():
        for stack, values in stacks.items():
            for name in values:
                edits += [Edit(how, stack, (name,), environment) for how in (REMOVE, CHANGE)]
    return edits


def entry_edits(side: Side) -> list[Edit]:
    """Return the additions and removals of all resources, outputs, parameters and conditions."""
    edits = []
    for stack in side.stacks:
        for section in ENTRIES:
            for name in stack.template.get(section, {}):
                edits += [Edit(how, stack.name, (section, name)) for how in (ADD, REMOVE)]
    return edits


def drawn(side: Side, seed: int, number: int) -> list[Edit]:
    """Return some edits, the same for the same seed; all removals, changes and entries if the number is 0."""
    values, parameters, entries = value_edits(side), parameter_edits(side), entry_edits(side)
    if not number:
        return [edit for edit in values if edit.how != SIBLING] + parameters + entries
    chance = random.Random(seed)
    kinds = chance.choices([values, parameters, entries], SHARES, k=number)
    return [chance.choice(kind) for kind in kinds]


def edited(side: Side, edit: Edit, chance: random.Random) -> Side:
    """Return a side after an edit."""
    if edit.environment:
        return with_parameter(side, edit, chance)
    stacks = []
    for stack in side.stacks:
        if stack.name == edit.stack:
            template = copy.deepcopy(dict(stack.template))
            apply(template, edit, stack.region, chance)
            read_template(json.dumps(template))  # refuses what a review refuses to read
            stacks.append(dataclasses.replace(stack, template=template))
        else:
            stacks.append(stack)
    return side._replace(stacks=tuple(stacks))


def with_parameter(side: Side, edit: Edit, chance: random.Random) -> Side:
    """Return a side with another value of a parameter in an environment, or with its default."""
    name = str(edit.place[0])
    stacks = {stack: dict(values) for stack, values in side.environments[edit.environment].items()}
    value = stacks[edit.stack].pop(name)
    if edit.how == CHANGE:
        stacks[edit.stack][name] = str(other(value, {}, chance))
    return side._replace(environments={**side.environments, edit.environment: stacks})


def apply(template: dict[str, Any], edit: Edit, region: str, chance: random.Random) -> None:
    """Edit a template."""
    *path, last = edit.place
    holder: Any = template
    for step in path:
        holder = holder[step]
    if edit.how == REMOVE:
        del holder[last]
    elif edit.how == CHANGE:
        holder[last] = other(holder[last], schema_at(template, edit.place, region), chance)
    elif edit.how == ADD:
        holder[f"{last}Copy"] = copy.deepcopy(holder[last])
    elif isinstance(holder, list):
        schema = schema_at(template, edit.place, region)
        holder.append(other(holder[last], schema, chance))
    else:
        schema = schema_at(template, edit.place[:-1], region)
        name, value = new_property(holder, schema, chance)
        holder[name] = value


def schema_at(template: Mapping[str, Any], place: Place, region: str) -> Mapping[str, Any]:
    """Return the schema of a property of a resource; an empty one for everything else."""
    if len(place) < 3 or place[0] != "Resources" or place[2] != "Properties":
        return {}
    type_name = template["Resources"][place[1]]["Type"]
    if len(place) == 3:
        names = writable_properties(type_name, region)
        return {"properties": {name: known_property_schema(type_name, region, (name,)) for name in names}}
    steps: list[str] = []
    is_branch = False
    for step in place[3:]:
        if is_branch:
            is_branch = False
        elif step == "Fn::If":
            is_branch = True
        else:
            steps.append("*" if isinstance(step, int) else step)
    return known_property_schema(type_name, region, tuple(steps))


def other(value: Any, schema: Mapping[str, Any], chance: random.Random) -> Any:
    """Return another value of the same kind."""
    if isinstance(value, bool) or str(value).lower() in ("true", "false"):
        return str(value).lower() != "true"
    choices = [choice for choice in schema.get("enum", []) if str(choice) != str(value)]
    if choices:
        return chance.choice(choices)
    if isinstance(value, int | float) or re.fullmatch(r"\d+", str(value)):
        return max(0, chance.choice([int(value) + 1, int(value) * 2, int(value) - 1, int(value) // 2]))
    if isinstance(value, Mapping) and value:
        name, argument = next(iter(value.items()))
        if name == "Fn::Sub" and isinstance(argument, str):
            return {"Fn::Sub": f"{argument}-other"}
        return {"Fn::Sub": ["${Value}-other", {"Value": value}]}
    if not value and not isinstance(value, str):
        return "other"
    return chance.choice([f"{value}-other", "other", str(value)[:-1]])


def new_property(
    holder: Mapping[str, Any], schema: Mapping[str, Any], chance: random.Random
) -> tuple[str, Any]:
    """Return a property that a mapping does not have: one of its schema if it has any."""
    names = [name for name in schema.get("properties", {}) if name not in holder]
    if not names:
        return "Other", "other"
    name = chance.choice(sorted(names))
    described = schema["properties"][name]
    types = described.get("type", "string")
    if "enum" in described:
        return name, chance.choice(described["enum"])
    if "boolean" in types:
        return name, chance.choice([True, False])
    if "integer" in types or "number" in types:
        return name, described.get("minimum", 1)
    if "array" in types:
        return name, ["other"]
    if "object" in types or "$ref" in described:
        return name, {"Other": "other"}
    return name, "other"


def reviewed(side: Side, edit: Edit, seed: int) -> Reviewed:
    """Return what the review says about an edit."""
    try:
        after = edited(side, edit, random.Random(f"{seed} {edit}"))
        review = report.review(side, after)
    except (ReviewError, TemplateTextError) as error:
        return Reviewed(edit, "refused", [str(error)])
    except Exception as error:
        return Reviewed(edit, "crash", [repr(error)])
    if any(risk.kind == WILL_FAIL for risk in review.risks):
        return Reviewed(edit, "will fail", [risk.message for risk in review.risks if risk.kind == WILL_FAIL])
    if review.not_judged:
        details = [described(side, judgment) for judgment in review.not_judged]
        return Reviewed(edit, "not judged", list(dict.fromkeys(details)))
    if review.effects and not review.risks:
        effects = [judgment.reason for judgment in review.effects]
        return Reviewed(edit, "effect", list(dict.fromkeys(effects)))
    if review.risks:
        return Reviewed(edit, "risk", [risk.message for risk in review.risks])
    reasons = [judgment.reason for judgment in review.judgments if judgment.verdict == HARMLESS]
    if reasons:
        return Reviewed(edit, "harmless", list(dict.fromkeys(reasons)))
    if any(stack.resources or stack.outputs for changes in review.environments for stack in changes.stacks):
        return Reviewed(edit, "silent", [])
    return Reviewed(edit, "no change", [])


def described(side: Side, judgment: Judgment) -> str:
    """Return the type and the property of a change that is not judged."""
    templates = {stack.name: stack.template for stack in side.stacks}
    resources = templates[judgment.subject.stack].get("Resources", {})
    name = judgment.subject.name
    type_name = resources.get(name.removesuffix("Copy"), {}).get("Type", name)
    path = re.sub(r"\[[^\]]*\]", "[]", judgment.path)
    if not path:
        return f"{type_name} (added or removed)"
    return f"{type_name} {path}"


def measure(side: Side, seed: int, number: int, listed: str) -> float:
    """Print what the review knows of the edits of a seed, and return the share that is not judged."""
    results = [reviewed(side, edit, seed) for edit in drawn(side, seed, number)]
    counts = Counter(result.verdict for result in results)
    shares = [f"{verdict} {counts[verdict] / len(results):.1%}" for verdict in VERDICTS]
    print(f"seed {seed}, {len(results)} edits: {', '.join(shares)}", flush=True)
    unknown: Counter[str] = Counter()
    for result in results:
        if result.verdict == NOT_JUDGED:
            unknown.update(result.details[:1])
        if result.verdict == listed or result.verdict in ("crash", "silent"):
            print(f"  {result.verdict}: {result.edit}: {' | '.join(result.details)}")
    for name, times in sorted(unknown.items(), key=lambda pair: (-pair[1], pair[0])):
        print(f"  {times:4} not judged: {name}")
    return counts[NOT_JUDGED] / len(results)


def main() -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4, 5], help="one run for each")
    parser.add_argument("--edits", type=int, default=200, help="edits of each run; 0 makes all")
    parser.add_argument("--list", default="", choices=VERDICTS, help="also print the edits with this verdict")
    arguments = parser.parse_args()
    side = review_sides.folder(OUT)._replace(root=None)  # without the lines of modules
    gc.freeze()
    shares = [measure(side, seed, arguments.edits, arguments.list) for seed in arguments.seeds]
    return int(max(shares) > 0.1)


if __name__ == "__main__":
    sys.exit(main())
