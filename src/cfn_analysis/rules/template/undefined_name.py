import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path as File
from typing import Any, NamedTuple

from cfnlint.helpers import is_function

from cfn_analysis.model.data_files import parsed
from cfn_analysis.rules.support.references import own_type, sub_text
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator, properties_of
from cfn_analysis.rules.support.scenarios import property_scenarios
from cfn_analysis.rules.support.values import Path, existing, values
from cfn_analysis.rules.support.words import did_you_mean

Steps = tuple[str, ...]
KEY = "@"


class Place(NamedTuple):
    """Where a resource has names."""

    steps: Steps
    """Path from the properties; ``*`` is every item of a list or mapping, ``@`` at the end every key."""
    pattern: re.Pattern[str] | None
    """What is a name in the text at the path, if that is not the whole text."""


class NameUse(NamedTuple):
    """Names that a resource uses, and that the same resource must define."""

    used: Sequence[Place]
    defined: Sequence[Place]
    kind: str
    """What a name is, in words."""
    says: str
    """The effect and the remedy."""


class Name(NamedTuple):
    """A name in a case of a resource."""

    text: str
    path: Path
    """Its path in the properties of the case, without Fn::If."""


def _name_place(path: str, pattern: Any) -> Place:
    compiled = re.compile(pattern) if isinstance(pattern, str) else None
    return Place(tuple(path.split("/")), compiled)


def _name_uses(content: Mapping[str, Any]) -> dict[str, list[NameUse]]:
    by_type: dict[str, list[NameUse]] = {}
    for entry in content["names"]:
        used = [_name_place(path, pattern) for path, pattern in entry["used"].items()]
        defined = [_name_place(path, pattern) for path, pattern in entry["defined"].items()]
        row = NameUse(used, defined, entry["kind"], entry["says"])
        for type_name in entry["types"]:
            by_type.setdefault(f"AWS::{type_name}", []).append(row)
    return by_type


NAME_USES = parsed(File(__file__).with_suffix(".yaml"), _name_uses)


class UndefinedName(Rule):
    """Name that the resource uses and does not define.

    Parts of a resource refer to each other by names: a cache behavior to an origin, a rule of a web ACL to
    the body of its response, a cache key to a parameter of the request. No schema compares the two. The
    service refuses a name that does not exist, often only after other resources were created, or the part has
    no effect. Names are case-sensitive. The file beside the rule lists the names, with what the service does.
    """

    id = "E9764"
    source_url = "https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CacheBehavior.html"
    finding_class = "names"
    looks_at = properties_of(*NAME_USES)

    def findings(self, validator: Validator, properties: Any) -> Findings:
        for row in NAME_USES[own_type(validator)]:
            yield from _undefined(validator, properties, row)


def _undefined(validator: Validator, properties: Any, row: NameUse) -> Findings:
    """Yield the names of a row that are not defined, in each case of the parts that have them."""
    paths = [place.steps for place in (*row.used, *row.defined)]
    first_steps = list(dict.fromkeys(path[0] for path in paths))
    pruned = {
        name: _pruned(properties[name], _below(paths, name)) for name in first_steps if name in properties
    }
    for part, case in property_scenarios(validator, pruned, *first_steps):
        defined = _known_names(case, part, row.defined)
        used = _known_names(case, part, row.used)
        if defined is None or used is None:
            continue
        defined_texts = list(dict.fromkeys(name.text for name in defined))
        for name in used:
            if name.text in defined_texts:
                continue
            yield RuleFinding(
                _path_in_template(properties, part, name.path),
                f"{_property(name.path)} names {name.text}{{when}}, which is not {row.kind}: {row.says}"
                f"{_hint(name.text, defined_texts)}",
                case,
            )


def _below(paths: Sequence[Steps], step: str) -> list[Steps]:
    """Return what follows a step in the paths that begin with it."""
    return [path[1:] for path in paths if path and path[0] == step]


def _pruned(value: Any, paths: Sequence[Steps]) -> Any:
    """Return only the parts of a value to which paths lead, so that the other conditions make no cases."""
    if () in paths or (KEY,) in paths:
        return value
    function, argument = is_function(value)
    if function == "Fn::If" and isinstance(argument, list) and len(argument) == 3:
        condition, *branches = argument
        return {"Fn::If": [condition, *(_pruned(branch, paths) for branch in branches)]}
    if function is not None:
        return value
    if isinstance(value, list):
        return [_pruned(part, _below(paths, "*")) for part in value]
    if not isinstance(value, dict):
        return value
    first_steps = {path[0] for path in paths}
    if "*" in first_steps:
        return value
    return {name: _pruned(part, _below(paths, name)) for name, part in value.items() if name in first_steps}


def _known_names(case: Validator, properties: Any, places: Sequence[Place]) -> list[Name] | None:
    """Return the names at some places; None if one of them is not known."""
    names: list[Name] = []
    for place in places:
        for value, path in _values_at(properties, place.steps):
            text = _text(case, value)
            if text is None:
                return None
            names += [Name(name, path) for name in _names_in(text, place.pattern)]
    return names


def _values_at(value: Any, steps: Steps, path: Path = ()) -> Iterator[tuple[Any, Path]]:
    """Yield the values at a path, each with its own path."""
    if is_function(value)[0] is not None or not steps:
        yield value, path
        return
    step, *rest = steps
    if step == "*" and isinstance(value, list):
        for index, part in enumerate(value):
            yield from _values_at(part, tuple(rest), (*path, index))
    elif step == "*" and isinstance(value, dict):
        for key, part in value.items():
            yield from _values_at(part, tuple(rest), (*path, key))
    elif step == KEY and isinstance(value, dict):
        for key in value:
            yield key, (*path, key)
    elif isinstance(value, dict) and step in value:
        yield from _values_at(value[step], tuple(rest), (*path, step))


def _text(case: Validator, value: Any) -> str | None:
    """Return the text of a value; None if it, or a part of it, is not known."""
    resolved = [text for text, _ in values(case, value)]
    text = sub_text(resolved[0]) if len(resolved) == 1 else None
    if text is None or "${" in text:
        return None
    return text


def _names_in(text: str, pattern: re.Pattern[str] | None) -> list[str]:
    if pattern is None:
        return [text]
    return list(dict.fromkeys(pattern.findall(text)))


def _path_in_template(properties: Any, part: Any, path: Path) -> Path:
    """Return the path as far as the template has the same parts as the case."""
    same: list[str | int] = []
    written, resolved = properties, part
    for step in path:
        if is_function(written)[0] is not None:
            break
        if isinstance(step, int) and len(written) != len(resolved):
            break  # a condition leaves out items
        same.append(step)
        written, resolved = written[step], resolved[step]
    return existing(properties, same)


def _property(path: Path) -> str:
    return next(str(step) for step in reversed(path) if isinstance(step, str))


def _hint(name: str, defined: Sequence[str]) -> str:
    return did_you_mean(name, defined) or (f" It has {', '.join(defined)}." if defined else "")
