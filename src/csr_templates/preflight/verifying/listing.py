"""All checks after a deploy, in the order of the report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from csr_templates.preflight.checks import acm
from csr_templates.preflight.verifying import (
    apigateway,
    awslambda,
    cloudformation,
    cloudfront,
    cloudwatch,
    ec2,
    https,
    logs,
    rds,
    secretsmanager,
    sns,
    wafv2,
)

if TYPE_CHECKING:
    from csr_templates.preflight.results import Check

CHECKS: Final[tuple[Check, ...]] = (
    *cloudformation.CHECKS,
    *ec2.CHECKS,
    *rds.CHECKS,
    *awslambda.CHECKS,
    *secretsmanager.CHECKS,
    *cloudfront.CHECKS,
    *wafv2.CHECKS,
    *apigateway.CHECKS,
    *acm.CHECKS_AFTER_DEPLOY,
    *logs.CHECKS,
    *cloudwatch.CHECKS,
    *sns.CHECKS,
    *https.CHECKS,
)
"""All checks."""
