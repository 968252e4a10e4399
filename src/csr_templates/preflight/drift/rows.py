"""The results about drift for the report."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from cfn_analysis.model.wording import series
from csr_templates.account.drifts import COMPARED
from csr_templates.hand_over import operator_policies
from csr_templates.preflight import remedies
from csr_templates.preflight.drift import comparable, comparison, expected
from csr_templates.preflight.drift.detection import IN_PROGRESS, NOT_STARTED
from csr_templates.preflight.drift.differences import ADD, DELETED, IN_SYNC, REMOVE, read
from csr_templates.preflight.drift.differences import UNKNOWN as NOT_READ
from csr_templates.preflight.facts import NoAnswerError, moment
from csr_templates.preflight.results import (
    FAIL,
    PASS,
    SKIP,
    UNEXPECTED,
    UNKNOWN,
    WARN,
    CheckResult,
    unreadable,
)
from csr_templates.preflight.services import cloudformation_calls

if TYPE_CHECKING:
    from csr_templates.preflight.drift.differences import Drift, PropertyDifference
    from csr_templates.preflight.facts import Facts
    from csr_templates.preflight.resolved_environment import EnvironmentStack, ResolvedEnvironment

DRIFT: Final = "drift"
NOT_COMPARABLE: Final = "not-comparable"
SUMMARIES: Final[Mapping[str, str]] = {
    DRIFT: "No resource differs from its template, except as expected",
    NOT_COMPARABLE: "Names the resources that CloudFormation cannot compare, by type",
}
"""The checks of ``verify --detect-drift``, and what they say."""
_FAILED: Final = "DETECTION_FAILED"
_SHOWN: Final = 160  # characters of a value


def results(environment: ResolvedEnvironment, facts: Facts) -> list[CheckResult]:
    """Return the results for all chosen stacks."""
    rows: list[CheckResult] = []
    for stack in environment.chosen:
        report = _StackReport(environment, stack, facts)
        try:
            rows += report.rows()
        except NoAnswerError as error:
            rows.append(report.unknown(str(error), _remedy(error), error.why))
        except UNEXPECTED as error:
            sentence = f"The drift of {stack.deployed_name} cannot be read: {unreadable(error)}."
            rows.append(report.unknown(sentence, "Check it in the console.", "unexpected answer"))
    return rows


def _remedy(error: NoAnswerError) -> str:
    """Return what to do. The permissions are those of a policy of their own."""
    return error.remedy.replace(
        operator_policies.path(operator_policies.VERIFY),
        operator_policies.path(operator_policies.DETECT_DRIFT),
    )


class _StackReport:
    """The results about one stack."""

    def __init__(self, environment: ResolvedEnvironment, stack: EnvironmentStack, facts: Facts) -> None:
        self._environment = environment
        self._stack = stack
        self._facts = facts
        self._again = f"Run verify again: {_verify(environment)}"
        self._shown_by = cloudformation_calls.resource_drifts.query(stack.region, stack.deployed_name)

    def rows(self) -> Iterator[CheckResult]:
        """Yield the results.

        Raises:
            NoAnswerError: a fact is missing.
        """
        name = self._stack.deployed_name
        outcome = self._facts.answer(cloudformation_calls.detection.query(self._stack.region, name))
        if outcome is None:
            return  # not deployed, which another check says
        if outcome["Status"] == NOT_STARTED:
            sentence = f"The drift of {name} was not detected: the stack is in status {outcome['Reason']}."
            yield self._row(DRIFT, name, SKIP, sentence, f"Wait until it is complete. {self._again}")
            return
        if outcome["Status"] == IN_PROGRESS:
            sentence = f"The drift detection of {name} is {outcome['Reason']}. It goes on in AWS."
            yield self.unknown(sentence, f"Wait. {self._again}", "drift detection in progress")
            return
        if self._is_deployed_since(outcome["Started"]):
            sentence = f"{name} was deployed while its drift was detected, so the result is not known."
            yield self.unknown(sentence, self._again, "deployed meanwhile")
            return
        drifts = read(self._stack.name, self._facts.answer(self._shown_by))
        if outcome["Status"] == _FAILED:
            sentence = f"The drift detection of {name} failed: {outcome['Reason'].rstrip('.')}."
            yield self.unknown(sentence, f"Fix the reason. {self._again}", "drift detection failed")
        elif not any(drift.status in COMPARED for drift in drifts):
            sentence = f"CloudFormation compared no resource of {name}."
            yield self.unknown(sentence, self._again, "nothing was compared")
        else:
            compared = sum(drift.status in COMPARED for drift in drifts)
            yield self._row(DRIFT, name, PASS, f"{compared} resources of {name} were compared.")
        yield from self._of_resources(drifts)

    def unknown(self, sentence: str, remedy: str, why: str) -> CheckResult:
        """Return the result about a stack that could not be compared."""
        name = self._stack.deployed_name
        return self._row(DRIFT, name, UNKNOWN, sentence, remedy)._replace(why=why)

    def _is_deployed_since(self, started: str) -> bool:
        stack = cloudformation_calls.stack.query(self._stack.region, self._stack.deployed_name)
        (description,) = self._facts.answer(stack)
        deployed = str(description.get("LastUpdatedTime") or description["CreationTime"])
        return moment(deployed) > moment(started) or description["StackStatus"].endswith("_IN_PROGRESS")

    def _of_resources(self, drifts: Sequence[Drift]) -> Iterator[CheckResult]:
        by_name = {drift.logical_id: drift for drift in drifts}
        not_compared: dict[str, list[str]] = {}
        without: dict[str, list[str]] = {}
        for logical_id, resource in self._stack.resources.items():
            drift = by_name.pop(logical_id, None)
            if drift is None or drift.status not in COMPARED:
                is_unread = drift is not None and drift.status == NOT_READ
                if drift is not None and is_unread and self._is_comparable(drift.type):
                    yield self._not_read(drift)
                else:
                    not_compared.setdefault(resource["Type"], []).append(logical_id)
            else:
                uncompared = comparable.uncompared(resource, self._stack.region)
                if uncompared:
                    without.setdefault(", ".join(uncompared), []).append(logical_id)
                if drift.status != IN_SYNC:
                    yield from self._drifted(drift)
        for drift in by_name.values():  # the deployed template is another one
            if drift.status in COMPARED and drift.status != IN_SYNC:
                yield from self._drifted(drift)
        if not_compared or without:
            yield self._not_comparable(not_compared, without)

    def _is_comparable(self, type_name: str) -> bool:
        return comparable.is_comparable(type_name, self._stack.region)

    def _not_read(self, drift: Drift) -> CheckResult:
        reason = drift.reason.rstrip(".") or "CloudFormation does not say why"
        row = self._row(
            DRIFT,
            drift.logical_id,
            UNKNOWN,
            f"{drift.logical_id} could not be compared: {reason}.",
            "If a permission is missing, attach "
            f"{operator_policies.path(operator_policies.DETECT_DRIFT)} of the output folder to the role. "
            f"{self._again}",
        )
        return row._replace(why="could not be compared")

    def _not_comparable(
        self, by_type: Mapping[str, Sequence[str]], without: Mapping[str, Sequence[str]]
    ) -> CheckResult:
        parts = [f"{type_name} ({', '.join(names)})" for type_name, names in sorted(by_type.items())]
        parts += [f"{properties} of {', '.join(names)}" for properties, names in without.items()]
        return self._row(
            NOT_COMPARABLE,
            self._stack.deployed_name,
            SKIP,
            f"Not comparable: {'; '.join(parts)}.",
            "CloudFormation does not compare these, or would have to read a secret. The other checks look at "
            "some of their values (docs/verify.md). Look at the others in the console.",
        )

    def _drifted(self, drift: Drift) -> Iterator[CheckResult]:
        """Yield the results about a resource that differs: the expected differences, and the others."""
        reasons: dict[str, list[PropertyDifference]] = {}
        others = []
        for difference in drift.differences:
            reason = expected.reason(self._stack, drift, difference)
            if reason:
                reasons.setdefault(reason, []).append(difference)
            else:
                others.append(difference)
        if reasons:
            texts = [
                f"{series([difference.path for difference in differences])}: {reason}"
                for reason, differences in reasons.items()
            ]
            sentence = f"{drift.logical_id} differs as expected: {'; '.join(texts)}."
            yield self._row(DRIFT, drift.logical_id, PASS, sentence)
        if others or not drift.differences:
            yield self._changed(drift, others)

    def _changed(self, drift: Drift, differences: Sequence[PropertyDifference]) -> CheckResult:
        effect = comparison.effect(self._environment, drift, differences)
        status = FAIL
        if effect.is_harmless and drift.status != DELETED:
            status = WARN
        sentence = f"{drift.logical_id} was deleted"
        if drift.status != DELETED:
            words = [_difference_in_words(difference) for difference in differences]
            sentence = f"{drift.logical_id} was changed: {'; '.join(words)}"
        return self._row(
            DRIFT,
            drift.logical_id,
            status,
            f"{sentence}. {_sentence(effect.sentence)}",
            "Set it as the template defines it, or change the template and deploy it. A deploy does not "
            f"repair what it does not change. {self._again}",
        )

    def _row(self, check: str, subject: str, status: str, sentence: str, remedy: str = "") -> CheckResult:
        return CheckResult(check, subject, self._stack.name, status, sentence, remedy, self._shown_by.command)


def _verify(environment: ResolvedEnvironment) -> str:
    return remedies.verify(environment, "--detect-drift")


def _difference_in_words(difference: PropertyDifference) -> str:
    """Return a difference in words."""
    actual, template_value = _short(difference.actual), _short(difference.expected)
    if difference.kind == ADD:
        return f"{difference.path} was added: {actual}"
    if difference.kind == REMOVE:
        return f"{difference.path} was removed: {template_value}"
    return f"{difference.path} is {actual} instead of {template_value}"


def _short(value: Any) -> str:
    return textwrap.shorten(value, _SHOWN, placeholder=" ...") or "empty"


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
