"""The generated parts of the on-call page: lists, because the page is read on a phone.

Each line of an alarm's description states an effect or a check. The page has a section for each alarm, with
these lines in its language.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cfn_analysis.model.references import in_words
from csr_templates.naming import PREFIX
from csr_templates.reference.alarms import ALARM, firing, severity, topics
from csr_templates.reference.markdown import code, prose

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from cfn_analysis.model.built_stack import BuiltStack
    from csr_templates.reference.words import Words

INDEX: Final = "alarm-index"
EVENTS: Final = "database-events"

_SUBSCRIPTION: Final = "AWS::RDS::EventSubscription"
_LABELS: Final = {
    "Users": "Effect on users",
    "First": "Check first",
    "Then": "Then check",
    "Related": "Related",
}


class _Alarm(NamedTuple):
    """An alarm of any environment.

    Attributes:
        name: without the common prefix of all names.
        properties: resolved with production's values; as in the template if production lacks the alarm.
        lines: the lines of its description, by the word before the colon.
        topics: ``critical`` or ``normal`` for each topic that it notifies.
    """

    name: str
    properties: Mapping[str, Any]
    lines: Mapping[str, str]
    topics: Sequence[str]


def lists(
    stacks: Sequence[BuiltStack], resolved: Mapping[str, Mapping[str, Any]]
) -> dict[str, Callable[[Words], Iterator[str]]]:
    """Return name in a marker -> function that yields its lines in the words of a page.

    Empty without alarms and subscriptions.

    Args:
        stacks: in deploy order.
        resolved: stack -> its template, resolved with production's values.
    """
    alarms = [
        _alarm(stack, logical_id, resolved[stack.name]["Resources"])
        for stack in stacks
        for logical_id, resource in stack.resources.items()
        if resource["Type"] == ALARM
    ]
    found: dict[str, Callable[[Words], Iterator[str]]] = {}
    if alarms:
        found[INDEX] = partial(_index, alarms)
    found |= {f"alarm {alarm.name}": partial(_section, alarm) for alarm in alarms}
    subscriptions = [
        (severity(resource["Properties"]["SnsTopicArn"], stack.resources), resource["Properties"])
        for stack in stacks
        for resource in stack.resources.values()
        if resource["Type"] == _SUBSCRIPTION
    ]
    if subscriptions:
        found[EVENTS] = partial(_events, subscriptions)
    return found


def _alarm(stack: BuiltStack, logical_id: str, resources: Mapping[str, Any]) -> _Alarm:
    written = stack.resources[logical_id]["Properties"]
    properties = resources.get(logical_id, stack.resources[logical_id])["Properties"]
    lines = dict(
        line.split(": ", 1)
        for line in in_words(written.get("AlarmDescription", "")).split("\n")
        if ": " in line
    )
    name = in_words(written.get("AlarmName", logical_id)).removeprefix(PREFIX)
    return _Alarm(name, properties, lines, topics(properties, stack.resources))


def _index(alarms: Sequence[_Alarm], words: Words) -> Iterator[str]:
    for topic in ("critical", "normal"):
        yield f"**{words(topic)}**"
        yield ""
        for alarm in alarms:
            if topic in alarm.topics:
                users = prose(words(alarm.lines.get("Users", "")))
                yield (
                    f"- [{alarm.name}](#{alarm.name}): {users}"
                    if users
                    else f"- [{alarm.name}](#{alarm.name})"
                )
        if topic == "critical":
            yield ""


def _section(alarm: _Alarm, words: Words) -> Iterator[str]:
    yield f"- {words('Notifies')}: {', '.join(map(words, alarm.topics))}"
    for key, label in _LABELS.items():
        if text := alarm.lines.get(key):
            yield f"- {words(label)}: {prose(words(text))}"
    yield f"- {words('Fires when')}: {firing(alarm.properties, words)}"
    if dashboard := alarm.lines.get("Dashboard"):
        yield f"- {words('Dashboard')}: {code(dashboard)}"


def _events(subscriptions: Sequence[tuple[str, Mapping[str, Any]]], words: Words) -> Iterator[str]:
    for topic, properties in subscriptions:
        categories = ", ".join(map(code, properties["EventCategories"]))
        yield f"- {words(topic)}, {code(properties['SourceType'])}: {categories}"
