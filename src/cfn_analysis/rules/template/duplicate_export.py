from collections.abc import Iterator
from typing import Any

from cfn_analysis.rules.support.rule import Fault, Rule, Validator
from cfn_analysis.rules.support.values import assume, case_of, show, values


class DuplicateExport(Rule):
    """Duplicate export name.

    Export names are unique in an account and region. Two outputs of one template under the same name fail
    when the stack is created, after its resources. Give each export a unique, descriptive name.
    """

    id = "E9503"
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html"
    fault_class = "names"
    looks_at = ()

    def faults(self, validator: Validator, template: Any) -> Iterator[Fault]:
        outputs = template.get("Outputs")
        seen: dict[str, list[tuple[str, Validator]]] = {}
        for output_id, output in outputs.items() if isinstance(outputs, dict) else ():
            twin = ""
            for name, case in _export_names(validator, output):
                earlier = seen.setdefault(name, [])
                twin = twin or next((output for output, where in earlier if _can_coincide(case, where)), "")
                earlier.append((output_id, case))
            if twin:
                yield Fault(
                    ("Outputs", output_id, "Export", "Name"),
                    f"Export.Name is {show(output['Export']['Name'])}, and {twin} is exported under the same "
                    "name: the stack fails. Give each export a unique name.",
                )


def _export_names(validator: Validator, output: Any) -> Iterator[tuple[str, Validator]]:
    """Yield the names an output can be exported under, each with its case."""
    export = output.get("Export") if isinstance(output, dict) else None
    case = case_of(validator, output) if isinstance(export, dict) else None
    if isinstance(export, dict) and case is not None and "Name" in export:
        for name, where in values(case, export["Name"]):
            yield show(name), where


def _can_coincide(case: Validator, other: Validator) -> bool:
    """Return whether two cases can be at the same time: same conditions, same parameter values.

    A parameter that only one of them assumes must have its default: two names with different parameters can
    be equal, but this is usually not intended.
    """
    mine, theirs = case.context.ref_values, other.context.ref_values
    if any(mine[name] != theirs[name] for name in mine.keys() & theirs.keys()):
        return False
    if not all(_is_usual(case, name, {**mine, **theirs}[name]) for name in mine.keys() ^ theirs.keys()):
        return False
    status = {name: value for name, value in other.context.conditions.status.items() if value is not None}
    return assume(case, status) is not None


def _is_usual(case: Validator, name: str, value: Any) -> bool:
    """Return whether a parameter has its default, or the value that the lint was given."""
    parameter = case.context.parameters.get(name)
    given = case.cfn.context.parameter_sets
    return parameter is None or bool(given) or str(parameter.default) == str(value)
