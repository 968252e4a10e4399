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
from csr_templates.reference.markdown import NARROW, code, codes, mermaid

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
    alarms = []
    for stack in stacks:
        for logical_id, resource in stack.resources.items():
            if resource["Type"] == ALARM and resource["Properties"].get("AlarmActions"):
                alarms.append(_alarm(stack, logical_id, resolved[stack.name]["Resources"]))
    return alarms


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
    sections: dict[str, Callable[[Words], Iterator[str]]] = {}
    if alarms:
        sections[INDEX] = partial(_index, alarms)
        sections[CAUSES] = partial(_causes, alarms)
    if silent := [alarm for alarm in alarms if breaches_without_data(alarm.resource["Properties"])]:
        sections[MISSING_DATA] = partial(_missing_data, silent)
    for alarm in alarms:
        sections[f"{ALARM_MARKER}{alarm.name}"] = partial(_section, alarm, production)
    if subscriptions := _subscriptions(stacks, resolved):
        sections[EVENTS] = partial(_events, subscriptions)
    return sections


def _subscriptions(
    stacks: Sequence[BuiltStack], resolved: Mapping[str, Mapping[str, Any]]
) -> list[tuple[str, Mapping[str, Any]]]:
    """Return the subscriptions to events of databases: the severity of the topic, and the properties."""
    subscriptions = []
    for stack in stacks:
        for resource in resolved[stack.name]["Resources"].values():
            if resource["Type"] == _SUBSCRIPTION:
                topic = resource["Properties"]["SnsTopicArn"]
                subscriptions.append((severity(topic, stack.resources), resource["Properties"]))
    return subscriptions


def _alarm(stack: BuiltStack, logical_id: str, resources: Mapping[str, Any]) -> Alarm:
    properties = stack.resources[logical_id]["Properties"]
    resource = resources.get(logical_id, stack.resources[logical_id])
    lines = in_words(properties.get("AlarmDescription", "")).split("\n")
    sentences = dict(line.split(": ", 1) for line in lines if ": " in line)
    texts = {key: sentences[key] for key in LABELS if sentences.get(key)}
    if name_of_metric := label(resource["Properties"]):
        texts["Metric"] = name_of_metric
    return Alarm(
        name=in_words(properties.get("AlarmName", logical_id)).removeprefix(PREFIX),
        resource=resource,
        texts=texts,
        dashboard=sentences.get("Dashboard", ""),
        topics=topics(resource["Properties"], stack.resources),
    )


def _index(alarms: Sequence[Alarm], words: Words) -> Iterator[str]:
    """Yield a link to the section of each alarm, which begins with the effect on users."""
    for topic in ("critical", "normal"):
        yield f"**{words(topic)}**"
        yield ""
        for alarm in alarms:
            if topic in alarm.topics:
                yield f"- [{alarm.name}](#{alarm.name})"
        if topic == "critical":
            yield ""


def _causes(alarms: Sequence[Alarm], _: Words) -> Iterator[str]:
    """Yield a diagram of the relations that the descriptions of the alarms state, each once."""
    names = {alarm.name for alarm in alarms}
    arrows: dict[frozenset[str], str] = {}  # by the two alarms, in any direction
    for alarm in alarms:
        for start, arrow, end in _relations(alarm):
            if start in names and end in names:
                arrows.setdefault(frozenset((start, end)), f"  {start} {arrow} {end}")
    yield from mermaid("\n".join([NARROW, "flowchart LR", *arrows.values()]))


def _relations(alarm: Alarm) -> Iterator[tuple[str, str, str]]:
    """Yield start, arrow and end for each word of the related alarms that may be the name of one."""
    for beginning, (is_cause, arrow) in _RELATIONS.items():
        for sentence in re.findall(rf"{beginning}([^.]*)", alarm.texts.get("Related", "")):
            related, _, _ = sentence.partition(", together with")
            for word in re.findall(r"[a-z0-9-]+", related):
                if is_cause:
                    yield alarm.name, arrow, word
                else:
                    yield word, arrow, alarm.name


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
    facts = [
        f"{words('Fires when')}: {firing(alarm.resource, words)}",
        f"{words('Notifies')}: {', '.join(words(topic) for topic in alarm.topics)}",
    ]
    if alarm.dashboard:
        facts.append(f"{words('Dashboard')}: {code(alarm.dashboard)}")
    yield f"- {' · '.join(facts)}"


def _events(subscriptions: Sequence[tuple[str, Mapping[str, Any]]], words: Words) -> Iterator[str]:
    """Yield a line for each subscription; without a type of source or categories, RDS sends all of them."""
    for topic, properties in subscriptions:
        source = properties.get("SourceType")
        sources = code(source) if source else words("all types of source")
        categories = codes(properties.get("EventCategories", []))
        yield f"- {words(topic)}, {sources}: {categories or words('all categories')}"
