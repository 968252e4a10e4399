"""Tags and who reads them: policies of the set, other policies and commands of the folder, or nothing.

Rights depend on tags: a condition compares the tags of a resource, of a request or of the caller. A key that
``harmless.yaml`` lists must not be read by a statement about the service of the resource, and any other key
by no statement at all.
https://docs.aws.amazon.com/IAM/latest/UserGuide/access_tags.html
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from cfn_analysis.model.access_properties import parsed
from cfn_analysis.model.references import as_list
from cfn_analysis.model.schemas import known_schema
from cfn_analysis.reviewing import sentences, writing
from cfn_analysis.reviewing.changes import EnvironmentChanges
from cfn_analysis.reviewing.findings import Harmless, Risk, risk
from cfn_analysis.reviewing.harmless import TAGS
from cfn_analysis.reviewing.kinds import OPENS
from cfn_analysis.updates.resource_changes import Cause, ResourceChange

_KEY_IN_CONDITION: Final = re.compile(r"(?:ResourceTag|RequestTag)/([^\"$}:]+)")
_KEY_OF_CALLER: Final = re.compile(r"PrincipalTag/([^\"$}:]+)")
_KEY_IN_COMMAND: Final = re.compile(r"\btag:([\w-]+)")
_EVERY: Final = "*"
_LONGEST_KEY: Final = 128
_LONGEST_VALUE: Final = 256
_CALLERS: Final = ("AWS::IAM::Role", "AWS::IAM::User")


class _Readers(NamedTuple):
    """A document, and the tags that it reads: service or ``*`` -> keys; and those of callers of AWS."""

    name: str
    keys: Mapping[str, frozenset[str]]
    of_callers: frozenset[str]


class _ChangedTag(NamedTuple):
    """A changed, added or removed tag, and the documents that read it: of its resource, and of any one."""

    change: ResourceChange
    cause: Cause
    key: str
    readers: Sequence[str]
    readers_of_any: Sequence[str]


def unread_tags(environment: EnvironmentChanges) -> Iterator[Harmless]:
    """Yield each changed, added or removed tag that nothing reads."""
    for tag in _changed_tags(environment):
        if tag.readers or not _is_allowed(tag.key, tag.cause.after):
            continue
        if tag.key in TAGS:
            reason = f"{TAGS[tag.key]}, and no policy or command of the folder reads it"
            yield Harmless(tag.change.node, tag.cause.path, reason)
        elif not tag.readers_of_any:
            reason = f"no policy or command of the folder reads tags with the key {tag.key}"
            yield Harmless(tag.change.node, tag.cause.path, reason)


def read_tags(environment: EnvironmentChanges) -> Iterator[Risk]:
    """Yield each changed, added or removed tag that something reads, with the names of its readers."""
    for tag in _changed_tags(environment):
        readers = tag.readers
        if tag.key not in TAGS:  # commands and reports select by such a key across types
            readers = readers or tag.readers_of_any
        if readers and _is_allowed(tag.key, tag.cause.after):
            yield risk(
                OPENS,
                tag.change.node,
                sentences.TAG_READ,
                paths=(tag.cause.path,),
                key=tag.key,
                how=_how_changed(tag.cause),
                readers=writing.first(readers),
            )


def _how_changed(cause: Cause) -> str:
    if cause.before is None:
        return "is new"
    if cause.after is None:
        return "is removed"
    return "has another value"


def _changed_tags(environment: EnvironmentChanges) -> Iterator[_ChangedTag]:
    changed: list[tuple[ResourceChange, Cause, str]] = []
    for outcome in environment.resources.values():
        for cause in outcome.change.causes:
            key = _key(outcome.change, cause, environment)
            if key:
                changed.append((outcome.change, cause, key))
    if not changed:
        return
    documents = list(_all_readers(environment))
    for change, cause, key in changed:
        region = environment.after[change.node.stack].built.region
        readers = [reader.name for reader in documents if _is_read(key, change.type, region, reader)]
        of_any = [reader.name for reader in documents if _is_read_of_any_type(key, reader)]
        yield _ChangedTag(change, cause, key, list(dict.fromkeys(readers)), list(dict.fromkeys(of_any)))


def _all_readers(environment: EnvironmentChanges) -> Iterator[_Readers]:
    for name, document in environment.states.side.documents().items():
        yield _readers_in(name, document)
    for side in (environment.before, environment.after):
        for stack in side.values():
            yield _readers(stack.built.file, stack.built.template)


def _key(change: ResourceChange, cause: Cause, environment: EnvironmentChanges) -> str:
    """Return the key of a changed tag; empty if the cause is about something else."""
    region = environment.after[change.node.stack].built.region
    tags = known_schema(change.type, region).tag_property
    match = re.fullmatch(r"(\w+)\[(.+)\](\.Value)?", cause.path, re.DOTALL)
    if match is None or match[1] != tags:
        return ""
    return match[2]


def _is_read(key: str, type_name: str, region: str, readers: _Readers) -> bool:
    schema = known_schema(type_name, region)
    actions = list(schema.tag_permissions)
    for handler in schema.handlers.values():
        actions += handler
    services = {action.partition(":")[0].lower() for action in actions}
    if type_name in _CALLERS and key in readers.of_callers:
        return True
    for service, keys in readers.keys.items():
        # Without handlers, the service of the type is not known.
        is_about_type = service == _EVERY or service in services or not services
        if is_about_type and (key in keys or _EVERY in keys):
            return True
    return False


def _is_allowed(key: str, tag: Any) -> bool:
    """Return whether AWS takes a tag: keys that begin with ``aws:`` are reserved.

    https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
    """
    value = tag.get("Value") if isinstance(tag, Mapping) and "Value" in tag else tag
    if key.lower().startswith("aws:") or len(key) > _LONGEST_KEY:
        return False
    return not isinstance(value, str) or len(value) <= _LONGEST_VALUE


def _is_read_of_any_type(key: str, readers: _Readers) -> bool:
    """Return whether a tag is read of any resource: commands and reports select by such keys across types."""
    if key in readers.of_callers:
        return True
    return any(key in keys or _EVERY in keys for keys in readers.keys.values())


def _readers_in(name: str, document: Any) -> _Readers:
    """Return what a policy, a template with policies, or the text of a script reads."""
    if isinstance(document, str):
        return _Readers(name, {_EVERY: frozenset(_KEY_IN_COMMAND.findall(document))}, frozenset())
    return _readers(name, document)


def _readers(name: str, document: Mapping[str, Any]) -> _Readers:
    keys: dict[str, set[str]] = {}
    of_callers: set[str] = set()
    for statement in _policy_statements(document):
        of_callers.update(_KEY_OF_CALLER.findall(json.dumps(statement, default=str)))
        condition = json.dumps(statement.get("Condition", {}), default=str)
        read = set(_KEY_IN_CONDITION.findall(condition))
        if "TagKeys" in condition:
            read.add(_EVERY)
        for service in _services(statement):
            keys.setdefault(service, set()).update(read)
    by_service = {service: frozenset(read) for service, read in keys.items()}
    return _Readers(name, by_service, frozenset(of_callers))


def _services(statement: Mapping[str, Any]) -> Iterable[str]:
    """Return the services of the actions of a statement; ``*`` for all."""
    actions = as_list(statement.get("Action"))
    if not actions:
        return [_EVERY]
    return {str(action).partition(":")[0].lower() for action in actions}


def _policy_statements(value: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the statements of all policies in a document, at any depth."""
    value = parsed(value)
    if isinstance(value, Mapping):
        if "Effect" in value and ("Action" in value or "NotAction" in value):
            yield value
            return
        for part in value.values():
            yield from _policy_statements(part)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for part in value:
            yield from _policy_statements(part)
