from collections.abc import Iterator
from typing import Any

from cfn_analysis.model.references import uses
from cfn_analysis.model.resolving import ResolveError, Resolver
from cfn_analysis.model.three_valued import truth_of
from cfn_analysis.rules.support.references import own_id, own_type
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator
from cfn_analysis.rules.support.scenarios import number
from cfn_analysis.rules.support.values import as_text
from cfn_analysis.rules.support.words import columns

WHOLE = "-"
"""In the table, for a type that protects by being there."""

WEAK: dict[str, dict[str, str]] = {}
"""Type -> property -> the value with which it does not protect."""
for _type, _name, *_weak in columns(__file__):
    WEAK.setdefault(f"AWS::{_type}", {})[_name] = "".join(_weak)

SWITCH = frozenset({"true", "false", "yes", "no", "on", "off", "enabled", "disabled"})


class ProtectionOffByDefault(Rule):
    """Protection that a parameter switches off by default.

    With the defaults of the parameters, the database has no deletion protection, encryption or backups, the
    key does not rotate, or the web ACL does not exist. Each deploy that omits the parameter is unprotected,
    and the parameter suggests the opposite. Make the protection the default, and let the environments that
    do not need it switch it off. Only parameters that switch something or are numbers are checked, not, for
    example, the name of an environment.
    """

    id = "W9765"
    source_url = "https://docs.aws.amazon.com/securityhub/latest/userguide/rds-controls.html"
    finding_class = "protections"
    looks_at = tuple(f"Resources/{kind}" for kind in WEAK)

    def findings(self, validator: Validator, resource: Any) -> Findings:
        template = validator.cfn.template
        resolver = _with_defaults(template, validator.context.regions[0])
        if resolver is None:
            return
        for name, weak in WEAK[own_type(validator)].items():
            if name == WHOLE:
                yield from _missing_by_default(resolver, template, own_id(validator), resource)
                continue
            written = resource.get("Properties", {}).get(name)
            switches = _switches(template, written)
            if not switches:
                continue
            value = _value(resolver, written)
            if value is not None and _is_weak(value, weak):
                yield RuleFinding(
                    ("Properties", name),
                    f"{name} is {as_text(value)} with the default of {' and '.join(switches)}: what it "
                    "protects is not protected unless a deploy sets the parameter. Change the default.",
                )


def _missing_by_default(resolver: Resolver, template: Any, logical_id: str, resource: Any) -> Findings:
    condition = resource.get("Condition")
    if not isinstance(condition, str):
        return
    switches = _switches(template, {"Condition": condition})
    if switches and resolver.condition(condition) is truth_of(False):
        yield RuleFinding(
            ("Condition",),
            f"{logical_id} does not exist with the default of {' and '.join(switches)}: what it protects is "
            "not protected unless a deploy sets the parameter. Change the default.",
        )


def _with_defaults(template: Any, region: str) -> Resolver | None:
    """Return what resolves values with the defaults of all parameters."""
    parameters = template.get("Parameters", {})
    without = [name for name, declared in parameters.items() if "Default" not in declared]
    try:
        return Resolver(template, {}, without, region=region)
    except (ResolveError, AttributeError, KeyError, TypeError):  # reported by cfn-lint's own rules
        return None


def _switches(template: Any, node: Any) -> list[str]:
    """Return the parameters that decide a value; none if one of them is more than a switch or a number."""
    names = dict.fromkeys(_parameters_in(template, node))
    parameters = template.get("Parameters", {})
    if not all(_is_switch(parameters[name]) for name in names):
        return []
    return list(names)


def _parameters_in(template: Any, node: Any) -> Iterator[str]:
    """Yield the parameters that a value and its conditions use."""
    conditions, parameters = template.get("Conditions", {}), template.get("Parameters", {})
    names = [use.name for use in uses(node)]
    seen = set()
    while names:
        name = names.pop(0)
        if name in seen:
            continue
        seen.add(name)
        if name in conditions:
            names += [use.name for use in uses(conditions[name])]
        elif name in parameters:
            yield name


def _is_switch(declared: Any) -> bool:
    if declared.get("Type") == "Number":
        return True
    values = declared.get("AllowedValues", [])
    return bool(values) and all(as_text(value).lower() in SWITCH for value in values)


def _value(resolver: Resolver, written: Any) -> Any:
    try:
        value = resolver.value(written)
    except ResolveError:
        return None
    return value if isinstance(value, (str, bool, int)) else None


def _is_weak(value: Any, weak: str) -> bool:
    most = number(weak)
    if most is None:
        return as_text(value).lower() == weak
    size = number(value)
    return size is not None and size <= most
