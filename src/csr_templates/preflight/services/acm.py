"""The certificate of the custom domain."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from csr_templates.preflight import remedies
from csr_templates.preflight.calls import GLOBAL
from csr_templates.preflight.facts import Lookup, moment
from csr_templates.preflight.resolved_environment import ResolvedEnvironment
from csr_templates.preflight.results import Check, Result, Subject, failed, passed, warned
from csr_templates.preflight.services import acm_calls

_SOON: Final = timedelta(days=30)  # the same as the alarm of the frontend stack
_URGENT: Final = timedelta(days=7)


def _certificates(environment: ResolvedEnvironment) -> Iterator[Subject]:
    for stack, _, properties in environment.of_type("AWS::CloudFront::Distribution"):
        config = properties.get("DistributionConfig", {})
        if arn := config.get("ViewerCertificate", {}).get("AcmCertificateArn"):
            yield Subject(str(arn), stack, [str(alias) for alias in config.get("Aliases", [])])


def _judge_before_deploy(subject: Subject, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    """Judge a certificate; only an expired one fails.

    A certificate that expires soon must not stop the deploy that repairs something else.
    """
    return _judge(subject, lookup, timedelta(0))


def _judge_after_deploy(subject: Subject, environment: ResolvedEnvironment, lookup: Lookup) -> Result:
    return _judge(subject, lookup, _URGENT)


def _judge(subject: Subject, lookup: Lookup, urgent: timedelta) -> Result:
    """Judge a certificate; one that expires within the urgent time fails."""
    arn = subject.id
    region = _region(arn)
    request = _request(subject.about)
    if region != GLOBAL:
        return failed(
            f"The certificate is in {region}, but CloudFront accepts only certificates in {GLOBAL}.",
            f"Import a certificate in {GLOBAL}, or request one{request}",
        )
    certificate = lookup(acm_calls.certificate.query(arn))
    if certificate is None:
        return failed(
            f"There is no certificate {arn}.", f"Correct CertificateArn, or request a certificate{request}"
        )
    if certificate["Status"] != "ISSUED":
        return failed(
            f"The certificate is {certificate['Status']}, but CloudFront accepts only issued certificates "
            "(ISSUED).",
            f"Validate the domain, and wait. This shows the DNS record: {_describe(arn)}",
        )
    names = [certificate["DomainName"], *certificate.get("SubjectAlternativeNames", [])]
    for alias in subject.about:
        if not any(_is_valid_for(name, alias) for name in names):
            return failed(
                f"The certificate is for {', '.join(dict.fromkeys(names))}, not for {alias}.",
                f"Request a certificate for the domain{request}",
            )
    unsatisfied = _expiring(certificate, arn, lookup, urgent) or _not_renewing(certificate, arn)
    return unsatisfied or passed(f"The certificate is issued and covers {', '.join(subject.about)}.")


def _expiring(certificate: Mapping[str, Any], arn: str, lookup: Lookup, urgent: timedelta) -> Result | None:
    """Return the result for a certificate that expired or expires soon; None for another one."""
    if "NotAfter" not in certificate:
        return None
    end = certificate["NotAfter"]
    remaining = moment(end) - lookup.facts.now
    if remaining <= timedelta(0):
        return failed(f"The certificate expired on {end}.", "Renew it, or import it again.")
    if remaining >= _SOON:
        return None
    sentence = f"The certificate expires on {end}, in {remaining.days} days."
    remedy = (
        "Import it again, or check why it was not renewed: its validation record may be missing. "
        f"This shows the record: {_describe(arn)}"
    )
    if remaining < urgent:
        return failed(sentence, remedy)
    return warned(sentence, remedy)


def _not_renewing(certificate: Mapping[str, Any], arn: str) -> Result | None:
    """Return the result for a certificate whose renewal cannot go on; None for another one.

    https://docs.aws.amazon.com/acm/latest/APIReference/API_RenewalSummary.html
    """
    state = certificate.get("RenewalSummary", {}).get("RenewalStatus")
    if state not in ("PENDING_VALIDATION", "FAILED"):
        return None
    return warned(
        f"The renewal of the certificate is {state}: it expires if ACM cannot validate the domain.",
        f"Restore the DNS record of the validation. This shows the record: {_describe(arn)}",
    )


def _describe(arn: str) -> str:
    return remedies.aws("acm describe-certificate", _region(arn), certificate_arn=arn)


def _request(aliases: Sequence[str]) -> str:
    """Return the end of a remedy: the command that requests a certificate, or only a period."""
    if not aliases:
        return "."
    command = remedies.aws("acm request-certificate", GLOBAL, domain_name=aliases[0], validation_method="DNS")
    if len(aliases) > 1:
        command = f"{command} --subject-alternative-names {shlex.join(aliases[1:])}"
    return f": {command}"


def _region(arn: str) -> str:
    return arn.split(":")[3]


def _is_valid_for(name: str, domain: str) -> bool:
    """Return whether a name of a certificate covers a domain; a wildcard matches one label."""
    if name.startswith("*."):
        return domain.partition(".")[2].lower() == name[2:].lower()
    return name.lower() == domain.lower()


_SUMMARY: Final = "The certificate is issued, is in us-east-1, covers the domain, and does not expire soon"
BEFORE_DEPLOY: Final = (Check("certificate", _SUMMARY, _certificates, _judge_before_deploy),)
AFTER_DEPLOY: Final = (Check("certificate", _SUMMARY, _certificates, _judge_after_deploy),)
