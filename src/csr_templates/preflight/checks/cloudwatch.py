"""Alarms and dashboards: their names and quotas, and the page to which the alarms refer."""

from collections.abc import Iterator

from csr_templates.preflight import calls
from csr_templates.preflight.checks import names, quotas
from csr_templates.preflight.checks.names import Kind
from csr_templates.preflight.checks.quotas import Quota
from csr_templates.preflight.facts import Lookup
from csr_templates.preflight.needs import Needs
from csr_templates.preflight.results import Check, Subject, Verdict, passed, warned

_ALARM = "AWS::CloudWatch::Alarm"
_RUNBOOK_URL = "RunbookUrl"


def _pages(needs: Needs) -> Iterator[Subject]:
    """Yield the address of the page once for each value: usually, all stacks have the same one."""
    stacks = {stack.values[_RUNBOOK_URL]: stack for stack in needs.chosen if _RUNBOOK_URL in stack.values}
    for address, stack in stacks.items():
        yield Subject(_RUNBOOK_URL, stack, address)


def _judge_page(subject: Subject, _: Needs, __: Lookup) -> Verdict:
    if subject.about.startswith("https://"):
        return passed(f"The alarms refer to the page {subject.about}.")
    return warned(
        f"{_RUNBOOK_URL} is {subject.about}, which is not an https address: a notification contains no link "
        "to the section of the alarm.",
        f"In parameters/shared.json, set {_RUNBOOK_URL} to the address of docs/on-call.ja.md in your "
        "repository.",
    )


CHECKS = (
    names.check(
        "alarm-names",
        "The names of the alarms are available, or used by the stacks",
        (Kind(_ALARM, "alarm", lambda stack, *_: calls.alarms(stack.region), "AlarmName"),),
    ),
    names.check(
        "dashboard-names",
        "The names of the dashboards are available, or used by the stacks",
        (
            Kind(
                "AWS::CloudWatch::Dashboard",
                "dashboard",
                lambda _, needs, __: calls.dashboards(needs.prefix),
                "DashboardName",
            ),
        ),
    ),
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html
    quotas.check(
        "alarm-quota",
        "The quota of alarms is sufficient for the new resources",
        (Quota("alarms", _ALARM, calls.alarms, 5_000),),
    ),
    Check(
        "on-call-page",
        "The alarms refer to an https address of the on-call page",
        _pages,
        _judge_page,
    ),
)
