"""What must exist before a resource that does not refer to it."""

import re
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any, NamedTuple

from cfnlint.jsonschema import Validator

from cfn_analysis.rules.support.documents import each
from cfn_analysis.rules.support.references import first_id, sub_text
from cfn_analysis.rules.support.scenarios import only_value
from cfn_analysis.rules.support.values import branches, show, values
from cfn_analysis.rules.support.words import rows


def _logs(case: Validator, stage: Any) -> bool:
    """Return whether a stage writes a log."""
    levels = branches(case, stage, "MethodSettings", "*", "LoggingLevel")
    arns = branches(case, stage, "AccessLogSetting", "DestinationArn")
    return any(
        value in ("INFO", "ERROR") for level, where in levels for value, _ in values(where, level)
    ) or any(arn is not None for arn, _ in arns)


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
        known = (_written_texts(resources, logical_id, part, name) for name in fields)
        for values_of in product(*known):
            text = form
            for name, value in zip(fields, values_of, strict=True):
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
    path, _, behind = name.partition(">")
    path, cut, begin = path.partition("|")
    texts = [sub_text(value) or show(value) for value in _parts_at(part, path)]
    texts = [text.rpartition(f"{begin}:")[2] for text in texts] if cut else texts
    if not behind:
        return texts
    targets = [resources.get(first_id(text), {}).get("Properties", {}) for text in texts]
    return [sub_text(value) or show(value) for target in targets for value in _parts_at(target, behind)]
