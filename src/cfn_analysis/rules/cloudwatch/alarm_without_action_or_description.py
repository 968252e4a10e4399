from collections.abc import Iterator
from typing import Any

from cfn_analysis.rules.support.rule import Rule, RuleFinding, Validator, properties_of
from cfn_analysis.rules.support.scenarios import when
from cfn_analysis.rules.support.values import existing, show, values

ACTIONS = (
    "AlarmActions {state}: no one is notified when the alarm fires. Give it at least one action, "
    "for example AlarmActions: [!Ref AlarmTopic]."
)
DISABLED = (
    "ActionsEnabled {state}: the alarm fires without running its actions. Set it to true or leave "
    "it out (the default is true)."
)
DESCRIPTION = (
    "AlarmDescription {state}: the operator gets an alarm without an explanation. Give it a text that "
    "says what happened and what to look at first."
)


class AlarmWithoutActionOrDescription(Rule):
    """Alarm without action or description.

    CloudWatch accepts an alarm without AlarmActions, with ActionsEnabled false or without AlarmDescription.
    Such an alarm does not notify anyone, or notifies an operator without instructions. Add at least one
    action, and describe the event and the first check. An alarm that is only used by a composite alarm, by a
    health check or as a rollback trigger does not need an action: ignore this rule on it and give the reason.
    This is a convention: CloudWatch does not require either, and the description can be in another place.
    """

    id = "W9600"
    source_url = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-cloudwatch-alarm.html"
    finding_class = "alarms"
    looks_at = properties_of("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")

    def findings(self, validator: Validator, properties: Any) -> Iterator[RuleFinding]:
        for name, silent_cases, message, silent in (
            ("AlarmActions", _without_action, ACTIONS, "empty"),
            ("ActionsEnabled", _disabled, DISABLED, "false"),
            ("AlarmDescription", _blank, DESCRIPTION, "empty"),
        ):
            value = properties.get(name)
            case = next(silent_cases(validator, value), None)
            if case is not None:
                yield RuleFinding(
                    existing(properties, (name,)),
                    message.format(state=_is(silent, value, when(validator, [case]))),
                )


def _without_action(validator: Validator, value: Any) -> Iterator[Validator]:
    """Yield the cases in which no action is left once every Fn::If and AWS::NoValue is resolved."""
    for actions, case in values(validator, value):
        yield from _nothing_in(case, actions if isinstance(actions, list) else [actions])


def _nothing_in(validator: Validator, items: list[Any]) -> Iterator[Validator]:
    if not items:
        yield validator
        return
    for action, case in values(validator, items[0]):
        if action in (None, ""):
            yield from _nothing_in(case, items[1:])


def _disabled(validator: Validator, value: Any) -> Iterator[Validator]:
    """Yield the cases in which the value is false, as boolean or as text."""
    return (case for enabled, case in values(validator, value) if str(enabled).lower() == "false")


def _blank(validator: Validator, value: Any) -> Iterator[Validator]:
    """Yield the cases without a text."""
    return (case for text, case in values(validator, value) if text is None or not str(text).strip())


def _is(silent: str, value: Any, facts: str) -> str:
    """Return the problem of the value, and its cases."""
    if value is None:
        return "is missing"
    if facts or (isinstance(value, (dict, list)) and value):
        return f"is {show(value)}, which {'is' if facts else 'can be'} {silent}{facts}"
    return f"is {show(value)}"
