"""The generated parts of the on-call page: lists, because the page is read on a phone.

Each line of an alarm's description states an effect or a check. The page has a section for each alarm.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from cfn_analysis.model.references import in_words
from csr_templates.naming import PREFIX
from csr_templates.reference.alarm_sections import LABELS, english_lines
from csr_templates.reference.alarms import (
    ALARM,
    Alarm,
    breaches_without_data,
    firing,
    label,
    length,
    severity,
    topics,
)
from csr_templates.reference.markdown import NARROW, code, mermaid, prose

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from cfn_analysis.model.built_stack import BuiltStack
    from csr_templates.reference.words import Words

INDEX: Final = "alarm-index"
CAUSES: Final = "alarm-causes"
ALARM_MARKER: Final = "alarm "  # and the name of the alarm
MISSING_DATA: Final = "missing-data"
EVENTS: Final = "database-events"

_SUBSCRIPTION: Final = "AWS::RDS::EventSubscription"
# Beginning of a sentence about related alarms -> whether the alarm is the cause, and the arrow.
_RELATIONS: Final = {
    "Can cause ": (True, "-->"),
    "Can be caused by ": (False, "-->"),
    "Fires after ": (False, "-->"),
    "Fires together with ": (True, "-.-"),
}


def read_alarms(stacks: Sequence[BuiltStack], resolved: Mapping[str, Mapping[str, Any]]) -> list[Alarm]:
    """Return the alarms of all stacks that notify someone, in deploy order.

    An alarm without actions is a rollback trigger or an input of a composite alarm, so no one is called.
    """
    return [
        _alarm(stack, logical_id, resolved[stack.name]["Resources"])
        for stack in stacks
        for logical_id, resource in stack.resources.items()
        if resource["Type"] == ALARM and resource["Properties"].get("AlarmActions")
    ]


def lists(
    stacks: Sequence[BuiltStack],
    alarms: Sequence[Alarm],
    resolved: Mapping[str, Mapping[str, Any]],
    production: str,
) -> dict[str, Callable[[Words], Iterator[str]]]:
    """Return name in a marker -> function that yields its lines in the words of a page.

    Empty without alarms and subscriptions. A section of an alarm begins with a whole command, because the
    link in a notification leads there, past the explanations at the top of the page.
    """
    found: dict[str, Callable[[Words], Iterator[str]]] = {}
    if alarms:
        found[INDEX] = partial(_index, alarms)
        found[CAUSES] = partial(_causes, alarms)
    if silent := [alarm for alarm in alarms if breaches_without_data(alarm.resource["Properties"])]:
        found[MISSING_DATA] = partial(_missing_data, silent)
    found |= {f"{ALARM_MARKER}{alarm.name}": partial(_section, alarm, production) for alarm in alarms}
    subscriptions = [
        (severity(resource["Properties"]["SnsTopicArn"], stack.resources), resource["Properties"])
        for stack in stacks
        for resource in resolved[stack.name]["Resources"].values()
        if resource["Type"] == _SUBSCRIPTION
    ]
    if subscriptions:
        found[EVENTS] = partial(_events, subscriptions)
    return found


def _alarm(stack: BuiltStack, logical_id: str, resources: Mapping[str, Any]) -> Alarm:
    written = stack.resources[logical_id]["Properties"]
    resource = resources.get(logical_id, stack.resources[logical_id])
    lines = dict(
        line.split(": ", 1)
        for line in in_words(written.get("AlarmDescription", "")).split("\n")
        if ": " in line
    )
    texts = {key: lines[key] for key in LABELS if lines.get(key)}
    if name_of_metric := label(resource["Properties"]):
        texts["Metric"] = name_of_metric
    name = in_words(written.get("AlarmName", logical_id)).removeprefix(PREFIX)
    found = topics(resource["Properties"], stack.resources)
    return Alarm(name, resource, texts, lines.get("Dashboard", ""), found)


def _index(alarms: Sequence[Alarm], words: Words) -> Iterator[str]:
    for topic in ("critical", "normal"):
        yield f"**{words(topic)}**"
        yield ""
        for alarm in alarms:
            if topic in alarm.topics:
                users = words.of_alarm(alarm.name, "Users", prose(alarm.texts.get("Users", "")))
                yield (
                    f"- [{alarm.name}](#{alarm.name}): {users}"
                    if users
                    else f"- [{alarm.name}](#{alarm.name})"
                )
        if topic == "critical":
            yield ""


def _causes(alarms: Sequence[Alarm], _: Words) -> Iterator[str]:
    """Yield a diagram of the relations that the descriptions of the alarms state, each once."""
    names = {alarm.name for alarm in alarms}
    arrows: dict[frozenset[str], str] = {}
    for alarm in alarms:
        for beginning, (is_cause, arrow) in _RELATIONS.items():
            for sentence in re.findall(rf"{beginning}([^.]*)", alarm.texts.get("Related", "")):
                for name in re.findall(r"[a-z0-9-]+", sentence.split(", together with")[0]):
                    if name in names:
                        ends = (alarm.name, name) if is_cause else (name, alarm.name)
                        arrows.setdefault(frozenset(ends), f"  {ends[0]} {arrow} {ends[1]}")
    yield from mermaid("\n".join([NARROW, "flowchart LR", *arrows.values()]))


def _missing_data(alarms: Sequence[Alarm], words: Words) -> Iterator[str]:
    """Yield the alarms on which missing data breaches, and how long they wait for data when created.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-warm-up.html
    """
    for alarm in alarms:
        warm_up = alarm.resource["Properties"].get("WarmUpConfiguration")
        if warm_up is None:
            yield f"- {code(alarm.name)}: {words('does not wait')}"
            continue
        waits = "waits up to {time}"
        if warm_up.get("OnlyStartEvaluatingAfterWarmUpPeriodEnds"):
            waits = "always waits {time}"
        time = length(60 * int(warm_up["WarmUpPeriodDurationInMinutes"]), words)
        yield f"- {code(alarm.name)}: {words.fill(waits, time=time)}"


def _section(alarm: Alarm, production: str, words: Words) -> Iterator[str]:
    yield f"- {words('Run first')}: {code(f'csr-operate {production} show-state')}"
    if not words.translated:
        yield from english_lines(alarm, words)
    yield f"- {words('Fires when')}: {firing(alarm.resource, words)}"
    yield f"- {words('Notifies')}: {', '.join(map(words, alarm.topics))}"
    if alarm.dashboard:
        yield f"- {words('Dashboard')}: {code(alarm.dashboard)}"


def _events(subscriptions: Sequence[tuple[str, Mapping[str, Any]]], words: Words) -> Iterator[str]:
    """Yield a line for each subscription; without a type of source or categories, RDS sends all of them."""
    for topic, properties in subscriptions:
        source = properties.get("SourceType")
        sources = code(source) if source else words("all types of source")
        categories = ", ".join(map(code, properties.get("EventCategories", [])))
        yield f"- {words(topic)}, {sources}: {categories or words('all categories')}"
