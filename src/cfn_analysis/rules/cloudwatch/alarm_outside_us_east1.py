from typing import Any

from cfn_analysis.rules.support.metrics import GLOBAL, Metric, metrics
from cfn_analysis.rules.support.references import sub_text
from cfn_analysis.rules.support.regions import US_EAST_1, regions
from cfn_analysis.rules.support.rule import Findings, Rule, RuleFinding, Validator, properties_of
from cfn_analysis.rules.support.scenarios import only_value
from cfn_analysis.rules.support.values import branches, of_type

CERTIFICATE = ("DistributionConfig", "ViewerCertificate", "AcmCertificateArn")  # of a distribution


class AlarmOutsideUsEast1(Rule):
    """Alarm in a region without the metric.

    An alarm can use only metrics of its own region. CloudFront, web ACLs for CloudFront, Route 53, with its
    health checks, and Billing write theirs only to us-east-1, and so does ACM for the certificate of a
    distribution: an alarm on them in another region never has data. Put the alarm, and the topic that it
    notifies, into a stack of us-east-1.
    """

    id = "E9602"
    source_url = (
        "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/monitoring-using-cloudwatch.html"
    )
    finding_class = "names"
    looks_at = properties_of("AWS::CloudWatch::Alarm")

    def findings(self, validator: Validator, properties: Any) -> Findings:
        for metric in metrics(validator, properties):
            if not _is_global(metric):
                continue
            # The service has separate regions in China, which are not documented for every one of these.
            wrong = [
                name for name in regions(metric.case) if name != US_EAST_1 and not name.startswith("cn-")
            ]
            if wrong:
                yield RuleFinding(
                    metric.path("Namespace"),
                    f"Namespace is {metric.namespace}{{when}}, and the stack is for {', '.join(wrong)}: the "
                    f"metric {metric.name or ''} exists only in us-east-1, so the alarm never has data. Move "
                    "the alarm to a stack in us-east-1.",
                    metric.case,
                )


def _is_global(metric: Metric) -> bool:
    if metric.namespace == "AWS/WAFV2":  # without a region it is of a web ACL for CloudFront
        return metric.dimensions is not None and set(metric.dimensions) == {"Rule", "WebACL"}
    if metric.namespace == "AWS/CertificateManager":
        return _is_of_distribution(metric)
    return metric.namespace in GLOBAL


def _is_of_distribution(metric: Metric) -> bool:
    """Return whether a certificate is in us-east-1 by its ARN, or is the one of a distribution."""
    written = (metric.dimensions or {}).get("CertificateArn")
    value = only_value(metric.case, written)
    if isinstance(value, str) and f":acm:{US_EAST_1}:" in value:
        return True
    text = sub_text(written)
    if text is None:
        return False
    resources = metric.case.cfn.template.get("Resources", {})
    for _, _, properties in of_type(resources, "AWS::CloudFront::Distribution"):
        if any(sub_text(arn) == text for arn, _ in branches(metric.case, properties, *CERTIFICATE)):
            return True
    return False
