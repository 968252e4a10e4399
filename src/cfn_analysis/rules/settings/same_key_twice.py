from collections.abc import Iterator
from itertools import product
from typing import Any

from cfn_analysis.model.references import as_list, value_at
from cfn_analysis.rules.support.references import sub_text
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator
from cfn_analysis.rules.support.values import (
    Path,
    as_text,
    assume,
    case_of,
    existing,
    of_type,
    show,
    twins,
    values,
)
from cfn_analysis.rules.support.words import rows

REFUSED = "the service refuses the second. Remove one of them, or change it."


class SameKeyTwice(Rule):
    """Two resources that cannot exist together.

    A name is unique in an account, and a table has one route to a destination, a listener one rule with a
    priority, a zone one record with a name and type, a bucket one policy. The service refuses the second
    resource: 'already exists'. Two policies of a topic or queue replace each other. Resources with
    conditions that exclude each other are alternatives. The name of an export is unique in an account and
    region: two outputs under the same name fail when the stack is created, after its resources.
    """

    id = "E9736"
    source_url = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRoute.html"
    finding_class = "networks"
    looks_at = ()

    def findings(self, validator: Validator, template: Any) -> Findings:
        resources = template.get("Resources")
        if isinstance(resources, dict):
            yield from _same_keys(validator, resources)
        outputs = template.get("Outputs")
        if isinstance(outputs, dict):
            yield from _same_exports(validator, outputs)


def _same_keys(validator: Validator, resources: Any) -> Findings:
    """Yield the resources whose key an earlier one of their type has."""
    for kind, names, effect in KEYS:
        keyed = list(_keyed(resources, kind, names))
        if len(keyed) < 2:
            continue
        *first_keys, last_key = [name.partition("=")[0] for name in names]
        shared = " and ".join([", ".join(first_keys), last_key]) if first_keys else last_key
        for _, path, twin in twins(validator, resources, keyed):
            yield RuleFinding(
                ("Resources", *path), f"{path[0]} has the same {shared} as {twin}: {effect or REFUSED}"
            )


def _same_exports(validator: Validator, outputs: Any) -> Findings:
    """Yield the outputs that are exported under the name of an earlier one."""
    exports: dict[str, list[tuple[str, Validator]]] = {}
    for output_id, output in outputs.items():
        twins_of_output: list[str] = []
        for name, case in _export_names(validator, output):
            earlier = exports.setdefault(name, [])
            twins_of_output += [twin_id for twin_id, twin_case in earlier if _can_coincide(case, twin_case)]
            earlier.append((output_id, case))
        if twins_of_output:
            twin = twins_of_output[0]
            yield RuleFinding(
                ("Outputs", output_id, "Export", "Name"),
                f"Export.Name is {show(output['Export']['Name'])}, and {twin} is exported under the same "
                "name: the stack fails. Give each export a unique name.",
            )


def _key_of_line(line: str) -> tuple[str, list[str], str]:
    columns, _, effect = line.partition(": ")
    kind, *names = columns.split()
    return f"AWS::{kind}", names, effect


KEYS = [_key_of_line(line) for line in rows(__file__)]


def _keyed(resources: Any, kind: str, names: list[str]) -> Iterator[tuple[tuple[str, ...], Path]]:
    """Yield the key of each resource of a type that has all properties, with the path to one of them."""
    for logical_id, _, properties in of_type(resources, kind):
        values_of_names = [_compared(kind, properties, *name.split("=")) for name in names]
        last = [name for name in names if name in properties][-1:]
        for key in product(*values_of_names):
            yield key, (logical_id, "Properties", *existing(properties, last))


def _compared(kind: str, properties: Any, name: str, default: str | None = None) -> list[str]:
    """Return the value of a property as it is compared; of a list, each item."""
    value = value_at(properties, (name,))
    if value is None:
        if default is None:
            return []
        return [default]
    texts = [_part_text(part) for part in as_list(value)]
    if "Route53" in kind:
        return [text.removesuffix(".").lower() for text in texts]
    return texts


def _part_text(value: Any) -> str:
    if isinstance(value, dict):
        return sub_text(value) or show(value)
    return as_text(value)


def _export_names(validator: Validator, output: Any) -> Iterator[tuple[str, Validator]]:
    """Yield the names an output can be exported under, each with its case."""
    if not isinstance(output, dict) or not isinstance(output.get("Export"), dict):
        return
    export = output["Export"]
    case = case_of(validator, output)
    if case is not None and "Name" in export:
        for name, name_case in values(case, export["Name"]):
            yield show(name), name_case


def _can_coincide(first: Validator, second: Validator) -> bool:
    """Return whether two cases can be at the same time: same conditions, same parameter values.

    A parameter that only one of them assumes must have its default: two names with different parameters can
    be equal, but this is usually not intended.
    """
    values_of_first, values_of_second = first.context.ref_values, second.context.ref_values
    in_both = values_of_first.keys() & values_of_second.keys()
    if any(values_of_first[name] != values_of_second[name] for name in in_both):
        return False
    assumed = {**values_of_first, **values_of_second}
    if not all(_is_usual(first, name, value) for name, value in assumed.items() if name not in in_both):
        return False
    status = {name: value for name, value in second.context.conditions.status.items() if value is not None}
    return assume(first, status) is not None


def _is_usual(case: Validator, name: str, value: Any) -> bool:
    """Return whether a parameter has its default, or the value that the lint was given."""
    parameter = case.context.parameters.get(name)
    if parameter is None or case.cfn.context.parameter_sets:
        return True
    return str(parameter.default) == str(value)
