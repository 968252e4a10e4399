"""All checks, in the order of the report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from csr_templates.preflight.checks import (
    account,
    acm,
    apigateway,
    awslambda,
    cloudformation,
    cloudfront,
    cloudwatch,
    ec2,
    iam,
    kms,
    logs,
    rds,
    route53,
    s3,
    secretsmanager,
    sns,
    wafv2,
)

if TYPE_CHECKING:
    from csr_templates.preflight.results import Check

CHECKS: Final[tuple[Check, ...]] = (
    *account.CHECKS,
    *cloudformation.CHECKS,
    *iam.CHECKS,
    *s3.CHECKS,
    *ec2.CHECKS,
    *rds.CHECKS,
    *awslambda.CHECKS,
    *apigateway.CHECKS,
    *secretsmanager.CHECKS,
    *acm.CHECKS,
    *route53.CHECKS,
    *cloudfront.CHECKS,
    *wafv2.CHECKS,
    *logs.CHECKS,
    *cloudwatch.CHECKS,
    *sns.CHECKS,
    *kms.CHECKS,
)
"""All checks."""
