"""A removed alarm or rollback trigger of our own stacks is a risk, whichever it is."""

import dataclasses

import pytest

from cfn_analysis.reviewing import report
from cfn_analysis.reviewing.sides import Side
from tests.alarm_subjects import alarms_of

from ..own_changes import own_side, with_template, with_values

ENVIRONMENT = "prod"


def with_alarms() -> Side:
    """Return out/ with a value for each parameter on which the existence of an alarm depends."""
    domain = {
        "CustomDomainName": "www.example.com",
        "CertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/1",
        "HostedZoneId": "Z1",
        "ApiProbePath": "/api/health",
    }
    return with_values(own_side(), ENVIRONMENT, domain)


SIDE = with_alarms()
STACKS = {stack.name: stack for stack in SIDE.stacks}
TRIGGERS: list[tuple[str, str]] = []
for of_stack in SIDE.stacks:
    TRIGGERS += [(of_stack.name, alarm) for alarm in of_stack.rollback_triggers.get(ENVIRONMENT, ())]


def guards(after: Side) -> dict[str, str]:
    """Return resource -> message of the risks of weakened guards."""
    risks = report.review(SIDE, after, [ENVIRONMENT]).risks
    return {f"{risk.subject.stack}.{risk.name}": risk.message for risk in risks if risk.kind == "guard"}


@pytest.mark.parametrize("stack", [name for name, stack in STACKS.items() if alarms_of(stack.resources)])
def test_each_removed_alarm_is_a_risk(stack: str) -> None:
    """All alarms of a stack are removed, and each of them is named."""
    alarms = list(alarms_of(STACKS[stack].resources))

    def remove(template: dict[str, dict[str, object]]) -> None:
        for alarm in alarms:
            del template["Resources"][alarm]

    assert set(guards(with_template(SIDE, stack, remove))) == {f"{stack}.{alarm}" for alarm in alarms}


@pytest.mark.parametrize(("stack", "alarm"), TRIGGERS)
def test_each_removed_trigger_is_a_risk(stack: str, alarm: str) -> None:
    """The alarm stays, and no longer rolls back an update of its stack."""
    changed = STACKS[stack]
    kept = [name for name in changed.rollback_triggers[ENVIRONMENT] if name != alarm]
    unchanged = [built for built in SIDE.stacks if built is not changed]
    after = dataclasses.replace(changed, rollback_triggers={ENVIRONMENT: kept})

    ((subject, message),) = guards(SIDE._replace(stacks=(*unchanged, after))).items()
    logical_id = subject.partition(".")[2]
    assert subject.partition(".")[0] == stack
    assert message == (
        f"{logical_id} is no longer a rollback trigger of the stack {stack}: an update after which it "
        "fires is not rolled back."
    )


def test_unknown_triggers_are_not_removed_ones() -> None:
    """Templates without a manifest do not name triggers."""
    stacks = tuple(dataclasses.replace(stack, rollback_triggers={}) for stack in SIDE.stacks)

    assert report.review(SIDE._replace(stacks=stacks), SIDE, [ENVIRONMENT]).risks == []
    assert TRIGGERS
