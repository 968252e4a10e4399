"""What must exist before a resource that does not refer to it."""

import re
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any, NamedTuple

from cfnlint.jsonschema import Validator

from cfn_analysis.rules.support.documents import each
from cfn_analysis.rules.support.references import first_id, sub_text
from cfn_analysis.rules.support.scenarios import only_value
from cfn_analysis.rules.support.values import branches, possible_values, show
from cfn_analysis.rules.support.words import rows


def _logs(case: Validator, stage: Any) -> bool:
    """Return whether a stage writes a log."""
    for level, level_case in branches(case, stage, "MethodSettings", "*", "LoggingLevel"):
        if any(possible in ("INFO", "ERROR") for possible in possible_values(level_case, level)):
            return True
    return any(arn is not None for arn, _ in branches(case, stage, "AccessLogSetting", "DestinationArn"))


def _is_public(case: Validator, properties: Any) -> bool:
    """Return whether a NAT gateway is in the internet."""
    return bool(only_value(case, properties.get("ConnectivityType")) != "private")


class Order(NamedTuple):
    """A type of resource, and what must exist before it.

    Both have a key, which connects them if it is the same. A key is a text with properties in braces, after
    the path of the items to which it applies: ``ApiStages:{ApiId}/{Stage}``. ``{SubnetId>VpcId}`` is the
    property of the resource that ``SubnetId`` refers to, ``{@}`` the resource itself,
    and ``{Arn|log-group}`` only what follows ``log-group:``.
    """

    kind: str
    key: str
    first: str
    first_key: str
    does: str
    """What the first does."""
    effect: str
    needs_all: bool = False
    """Whether one of the first that exists is not sufficient."""
    only_if: Callable[[Validator, Any], bool] | None = None


LOG_GROUP = (
    "Logs::LogGroup {LogGroupName}: the log group that it would create without retention and key: the log "
    "group fails with 'already exists'"
)
OPTIONS = {"logs": _logs, "public": _is_public}


def _order(line: str) -> Order:
    """Return a row of the table."""
    (kind, key, sign, first, first_key, *option), (does, effect) = _columns(
        line.replace("LOG_GROUP", LOG_GROUP)
    )
    return Order(
        f"AWS::{kind}",
        key.strip("-"),
        f"AWS::{first}",
        first_key.strip("-"),
        does,
        effect,
        sign == "<<",
        OPTIONS[option[0]] if option else None,
    )


def _columns(line: str) -> tuple[list[str], list[str]]:
    columns, does, effect = re.split(r" ?: ", line, maxsplit=2)
    return columns.split(), [does, effect]


ORDERS = tuple(_order(line) for line in rows(__file__))


def keys(resources: Any, logical_id: str, spec: str) -> set[str]:
    """Return the keys of a resource."""
    properties = resources[logical_id].get("Properties", {})
    where, _, form = spec.rpartition(":")
    fields = re.findall(r"\{([^{}]+)\}", form)
    filled = set()
    for part in _parts_at(properties, where):
        texts_of_fields = (_written_texts(resources, logical_id, part, name) for name in fields)
        for field_texts in product(*texts_of_fields):
            text = form
            for name, value in zip(fields, field_texts, strict=True):
                text = text.replace(f"{{{name}}}", value)
            filled.add(text)
    return filled


def _parts_at(value: Any, path: str) -> Iterator[Any]:
    """Yield the values at a path: the items of every list, and both branches of an Fn::If."""
    name, _, rest = path.partition("/")
    for part, _ in each(value):
        if not name:
            yield part
        elif isinstance(part, dict) and name in part:
            yield from _parts_at(part[name], rest)


def _written_texts(resources: Any, logical_id: str, part: Any, name: str) -> list[str]:
    """Return the texts of a property; those of a property of the resource to which it refers, after ``>``."""
    if name == "@":
        return [f"${{{logical_id}}}"]
    path, _, property_of_target = name.partition(">")
    path, cut, begin = path.partition("|")
    texts = _texts_at(part, path)
    if cut:
        texts = [text.rpartition(f"{begin}:")[2] for text in texts]
    if not property_of_target:
        return texts
    texts_of_targets: list[str] = []
    for text in texts:
        target = resources.get(first_id(text), {}).get("Properties", {})
        texts_of_targets += _texts_at(target, property_of_target)
    return texts_of_targets


def _texts_at(part: Any, path: str) -> list[str]:
    return [sub_text(value) or show(value) for value in _parts_at(part, path)]
