"""All checks, in the order of the reports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from csr_templates.preflight.services import (
    account,
    acm,
    apigateway,
    awslambda,
    cloudformation,
    cloudfront,
    cloudwatch,
    ec2,
    https,
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

BEFORE_DEPLOY: Final[tuple[Check, ...]] = (
    *account.BEFORE_DEPLOY,
    *cloudformation.BEFORE_DEPLOY,
    *iam.BEFORE_DEPLOY,
    *s3.BEFORE_DEPLOY,
    *ec2.BEFORE_DEPLOY,
    *rds.BEFORE_DEPLOY,
    *awslambda.BEFORE_DEPLOY,
    *apigateway.BEFORE_DEPLOY,
    *secretsmanager.BEFORE_DEPLOY,
    *acm.BEFORE_DEPLOY,
    *route53.BEFORE_DEPLOY,
    *cloudfront.BEFORE_DEPLOY,
    *wafv2.BEFORE_DEPLOY,
    *logs.BEFORE_DEPLOY,
    *cloudwatch.BEFORE_DEPLOY,
    *sns.BEFORE_DEPLOY,
    *kms.BEFORE_DEPLOY,
)
"""The checks of ``preflight``."""

AFTER_DEPLOY: Final[tuple[Check, ...]] = (
    *cloudformation.AFTER_DEPLOY,
    *ec2.AFTER_DEPLOY,
    *rds.AFTER_DEPLOY,
    *awslambda.AFTER_DEPLOY,
    *secretsmanager.AFTER_DEPLOY,
    *cloudfront.AFTER_DEPLOY,
    *wafv2.AFTER_DEPLOY,
    *apigateway.AFTER_DEPLOY,
    *acm.AFTER_DEPLOY,
    *route53.AFTER_DEPLOY,
    *logs.AFTER_DEPLOY,
    *cloudwatch.AFTER_DEPLOY,
    *sns.AFTER_DEPLOY,
    *kms.AFTER_DEPLOY,
    *https.AFTER_DEPLOY,
)
"""The checks of ``verify``."""
