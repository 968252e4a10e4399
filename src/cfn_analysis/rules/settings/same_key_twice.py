from collections.abc import Iterator
from itertools import product
from typing import Any

from cfn_analysis.model.references import value_at
from cfn_analysis.rules.support.references import sub_text
from cfn_analysis.rules.support.rule import Fault, Faults, Rule, Validator
from cfn_analysis.rules.support.values import Path, as_text, existing, of_type, show, twins
from cfn_analysis.rules.support.words import rows

REFUSED = "the service refuses the second. Remove one of them, or change it."


class SameKeyTwice(Rule):
    """Two resources that cannot exist together.

    A name is unique in an account, and a table has one route to a destination, a listener one rule with a
    priority, a zone one record with a name and type, a bucket one policy. The service refuses the second
    resource: 'already exists'. Two policies of a topic or queue replace each other. Resources with
    conditions that exclude each other are alternatives.
    """

    id = "E9736"
    source_url = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRoute.html"
    fault_class = "networks"

    def faults(self, validator: Validator, resources: Any) -> Faults:
        for kind, names, effect in KEYS:
            keyed = list(_keyed(resources, kind, names))
            for _, path, twin in twins(validator, resources, keyed) if len(keyed) > 1 else ():
                shared = " and ".join(", ".join(name.partition("=")[0] for name in names).rsplit(", ", 1))
                yield Fault(path, f"{path[0]} has the same {shared} as {twin}: {effect or REFUSED}")


def _key(line: str) -> tuple[str, list[str], str]:
    columns, _, effect = line.partition(": ")
    kind, *names = columns.split()
    return f"AWS::{kind}", names, effect


KEYS = [_key(line) for line in rows(__file__)]


def _keyed(resources: Any, kind: str, names: list[str]) -> Iterator[tuple[tuple[str, ...], Path]]:
    """Yield the key of each resource of a type that has all properties, with the path to one of them."""
    for logical_id, _, properties in of_type(resources, kind):
        known = [_compared(kind, properties, *name.split("=")) for name in names]
        last = [name for name in names if name in properties][-1:]
        for key in product(*known):
            yield key, (logical_id, "Properties", *existing(properties, last))


def _compared(kind: str, properties: Any, name: str, default: str | None = None) -> list[str]:
    """Return the value of a property as it is compared; of a list, each item."""
    value = value_at(properties, (name,))
    if value is None:
        return [] if default is None else [default]
    texts = [_text(part) for part in (value if isinstance(value, list) else [value])]
    return [text.removesuffix(".").lower() for text in texts] if "Route53" in kind else texts


def _text(value: Any) -> str:
    return (sub_text(value) or show(value)) if isinstance(value, dict) else as_text(value)
