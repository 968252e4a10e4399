"""Reads a template in YAML or JSON as a plain dict with the long forms of the functions."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from cfn_analysis.model.intrinsics import as_strings
from cfn_analysis.model.wording import repeated
from cfn_analysis.model.yaml_text import Loader

MOST_NODES: Final = 250_000
"""Limit of the values of a template after its YAML aliases are replaced, as in cfn-lint."""


TemplateSource = str | bytes | os.PathLike[str]
"""A template: its text, its bytes in UTF-8, or its file."""

_ENDINGS: Final = (".json", ".template", ".yaml", ".yml")


class TemplateTextError(ValueError):
    """The text is not a template; the message states the cause, without the name of the file."""


def source_text(source: TemplateSource) -> str:
    """Return the text of a template; a byte order mark is removed.

    Raises:
        OSError: the file cannot be read.
        TemplateTextError: it is not UTF-8, or the text is the path of a file.
    """
    if isinstance(source, str):
        is_path = source.endswith(_ENDINGS) and "\n" not in source and not source.lstrip().startswith("{")
        if is_path:
            raise TemplateTextError(
                f"a str is the text of a template, but {source!r} is a path. Use Path({source!r})."
            )
        return source
    content = source if isinstance(source, bytes) else Path(source).read_bytes()
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TemplateTextError("it is not UTF-8. Save the template as UTF-8.") from error


def source_path(source: TemplateSource) -> str:
    """Return the path of a template, for messages; empty for text and bytes."""
    if isinstance(source, str | bytes):
        return ""
    return Path(source).as_posix()


class _AnyLoader(Loader):
    """Reads YAML as CloudFormation does: dates are text, and a short form can have a mapping."""


def _without_dates(resolvers: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    return [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]


_AnyLoader.yaml_implicit_resolvers = {
    first: _without_dates(resolvers) for first, resolvers in Loader.yaml_implicit_resolvers.items()
}


def _construct_mapping(loader: _AnyLoader, suffix: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.MappingNode):
        return {f"Fn::{suffix}": loader.construct_mapping(node, deep=True)}
    return Loader.yaml_multi_constructors["!"](loader, suffix, node)


_AnyLoader.add_multi_constructor("!", _construct_mapping)


def read_template(source: TemplateSource) -> dict[str, Any]:
    """Return a template as a dict with the long forms of the functions.

    Args:
        source: YAML with short or long forms of the functions, or JSON.

    Raises:
        OSError: the file cannot be read.
        TemplateTextError: it is neither, or not a template, or a template with a macro, whose result is known
            only to CloudFormation; or a name appears twice, or its aliases make it too large; or it is not
            UTF-8.
    """
    text = source_text(source)
    try:
        # JSON can contain tabs, which YAML does not allow.
        is_json = text.lstrip().startswith("{")
        content = json.loads(text, object_pairs_hook=unique_entries) if is_json else _load_yaml(text)
    except TemplateTextError:
        raise
    except (ValueError, RecursionError) as error:
        raise TemplateTextError(f"it is not JSON: {error}.") from error
    except yaml.YAMLError as error:
        raise TemplateTextError(f"it is not YAML: {' '.join(str(error).split())}.") from error
    template = _with_text_keys(content)
    if not isinstance(template, dict) or not isinstance(template.get("Resources"), dict):
        raise TemplateTextError("it has no mapping Resources, so it is not a template of CloudFormation.")
    if "Transform" in template:
        raise TemplateTextError(
            "it has a Transform, and only CloudFormation can process its macros. Specify the "
            "processed template: aws cloudformation get-template --template-stage Processed."
        )
    for section in ("Parameters", "Mappings", "Conditions", "Resources", "Outputs", "Rules"):
        entries = template.get(section, {})
        if not isinstance(entries, dict):
            raise TemplateTextError(f"{section} is not a mapping.")
        for name, entry in entries.items():
            if section == "Resources" and not (
                isinstance(entry, dict) and isinstance(entry.get("Type"), str)
            ):
                raise TemplateTextError(f"{section}.{name} has no Type.")
            if not isinstance(entry, dict):
                raise TemplateTextError(f"{section}.{name} is not a mapping.")
            if not isinstance(entry.get("Properties", {}), dict):
                raise TemplateTextError(f"{section}.{name}.Properties is not a mapping.")
            if section in ("Resources", "Outputs") and not isinstance(entry.get("Condition", ""), str):
                raise TemplateTextError(f"{section}.{name}.Condition is not the name of a condition.")
    return template


def unique_entries(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object of JSON, for ``object_pairs_hook``.

    Raises:
        TemplateTextError: a name appears twice.
    """
    entries = dict(pairs)
    if len(entries) < len(pairs):
        name = repeated(name for name, _ in pairs)[0]
        raise TemplateTextError(f"{name} appears twice. Remove or rename one.")
    return entries


def _load_yaml(text: str) -> Any:
    loader = _AnyLoader(text)
    try:
        node = loader.get_single_node()
        if node is None:
            return None
        _check_nodes(node)
        return loader.construct_document(node)
    finally:
        loader.dispose()


def _check_nodes(root: yaml.Node) -> None:
    """Refuse names that appear twice, and more nodes than the limit, which every recursive alias exceeds."""
    unvisited, count = [root], 0
    while unvisited:
        node = unvisited.pop()
        count += 1
        if count > MOST_NODES:
            raise TemplateTextError(
                f"with its YAML aliases, it has more than {MOST_NODES:,} values. Write the values instead of "
                "aliases, and do not use an alias inside its own anchor."
            )
        if isinstance(node, yaml.SequenceNode):
            unvisited += node.value
        elif isinstance(node, yaml.MappingNode):
            seen = set()
            for key, value in node.value:
                if isinstance(key, yaml.ScalarNode):
                    if key.value in seen:
                        line = key.start_mark.line + 1
                        raise TemplateTextError(
                            f"line {line}: {key.value} appears twice. Remove or rename one."
                        )
                    seen.add(key.value)
                unvisited.append(value)


def _with_text_keys(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(as_strings(key)): _with_text_keys(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_with_text_keys(part) for part in value]
    return value
