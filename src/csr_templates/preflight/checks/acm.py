"""The certificate of the custom domain."""

from collections.abc import Iterator
from datetime import timedelta

from csr_templates.preflight import calls, edge_calls
from csr_templates.preflight.facts import Lookup, moment
from csr_templates.preflight.needs import Needs
from csr_templates.preflight.results import Check, Subject, Verdict, failed, passed, warned

_SOON = timedelta(days=30)  # the same as the alarm of the frontend stack
_URGENT = timedelta(days=7)


def _certificates(needs: Needs) -> Iterator[Subject]:
    for stack, _, properties in needs.of_type("AWS::CloudFront::Distribution"):
        config = properties.get("DistributionConfig", {})
        if arn := config.get("ViewerCertificate", {}).get("AcmCertificateArn"):
            yield Subject(str(arn), stack, [str(alias) for alias in config.get("Aliases", [])])


def _judge_deployed(subject: Subject, needs: Needs, lookup: Lookup) -> Verdict:
    return _judge(subject, needs, lookup, _URGENT)


def _judge(subject: Subject, needs: Needs, lookup: Lookup, urgent: timedelta = timedelta(0)) -> Verdict:
    """Judge a certificate; one that expires within the urgent time fails.

    Before a deploy, only an expired one fails: it must not stop the deploy that repairs something else.
    """
    arn = subject.id
    region = _region(arn)
    if region != calls.GLOBAL:
        return failed(
            f"The certificate is in {region}, but CloudFront accepts only certificates in {calls.GLOBAL}.",
            f"Request or import a certificate in {calls.GLOBAL}.",
        )
    found = lookup(edge_calls.certificate(arn))
    if found is None:
        return failed(f"There is no certificate {arn}.", "Correct CertificateArn, or request a certificate.")
    if found["Status"] != "ISSUED":
        return failed(
            f"The certificate is {found['Status']}, but CloudFront accepts only issued certificates "
            "(ISSUED).",
            "Validate the domain (aws acm describe-certificate shows the DNS record), and wait.",
        )
    names = [found["DomainName"], *found.get("SubjectAlternativeNames", [])]
    for alias in subject.about:
        if not any(_is_valid_for(name, alias) for name in names):
            return failed(
                f"The certificate is for {', '.join(dict.fromkeys(names))}, not for {alias}.",
                "Request a certificate for the domain.",
            )
    if "NotAfter" in found:
        left = moment(found["NotAfter"]) - lookup.facts.now
        if left <= timedelta(0):
            return failed(f"The certificate expired on {found['NotAfter']}.", "Renew it, or import it again.")
        if left < _SOON:
            verdict = failed if left < urgent else warned
            return verdict(
                f"The certificate expires on {found['NotAfter']}, in {left.days} days.",
                "Check why it was not renewed (its validation record may be missing), or import it again: "
                f"aws acm describe-certificate --region {region} --certificate-arn {arn}",
            )
    return passed(f"The certificate is issued and covers {', '.join(subject.about)}.")


def _region(arn: str) -> str:
    return arn.split(":")[3]


def _is_valid_for(name: str, domain: str) -> bool:
    """Return whether a name of a certificate covers a domain; a wildcard matches one label."""
    if name.startswith("*."):
        return domain.partition(".")[2].lower() == name[2:].lower()
    return name.lower() == domain.lower()


_SUMMARY = "The certificate is issued, is in us-east-1, covers the domain, and does not expire soon"
CHECKS = (Check("certificate", _SUMMARY, _certificates, _judge),)
CHECKS_AFTER_DEPLOY = (Check("certificate", _SUMMARY, _certificates, _judge_deployed),)
