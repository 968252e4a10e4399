"""What a CloudFront distribution is made of: functions at the edge, cache policies, response headers."""

from __future__ import annotations

from troposphere.cloudfront import (
    CacheCookiesConfig,
    CacheHeadersConfig,
    CachePolicy,
    CachePolicyConfig,
    CacheQueryStringsConfig,
    ContentSecurityPolicy,
    ContentTypeOptions,
    CustomHeader,
    CustomHeadersConfig,
    FrameOptions,
    Function,
    FunctionConfig,
    ParametersInCacheKeyAndForwardedToOrigin,
    ReferrerPolicy,
    ResponseHeadersPolicy,
    ResponseHeadersPolicyConfig,
    SecurityHeadersConfig,
    StrictTransportSecurity,
)

from csr_templates.stacks.parts.names import Value, named
from csr_templates.stacks.parts.tags import tags


def edge_function(title: str, what: str, Comment: str, FunctionCode: Value, condition: str) -> Function:
    """Return a CloudFront Function. Its name is the account's, not the region's: it carries the environment.

    Args:
        title: logical ID.
        what: last part of the name.
        Comment: what the function is for.
        FunctionCode: JavaScript for the runtime cloudfront-js-2.0, at most 10 KB.
        condition: when it exists.
    """
    return Function(
        title,
        Condition=condition,
        Name=named(what),
        FunctionConfig=FunctionConfig(Comment=Comment, Runtime="cloudfront-js-2.0"),
        AutoPublish=True,  # a behavior takes only what is published
        FunctionCode=FunctionCode,
        Tags=tags(what),
    )


def cache_policy(
    title: str, what: str, MinTTL: int, DefaultTTL: int, MaxTTL: int, condition: str
) -> CachePolicy:
    """Return a policy that caches by address and encoding alone. Times are in seconds.

    Query strings are no part of the key, and so do not reach the origin. S3 would take some for commands,
    such as to list the bucket.
    """
    return CachePolicy(
        title,
        Condition=condition,
        CachePolicyConfig=CachePolicyConfig(
            Name=named(what),
            MinTTL=MinTTL,
            DefaultTTL=DefaultTTL,
            MaxTTL=MaxTTL,
            ParametersInCacheKeyAndForwardedToOrigin=ParametersInCacheKeyAndForwardedToOrigin(
                CookiesConfig=CacheCookiesConfig(CookieBehavior="none"),
                HeadersConfig=CacheHeadersConfig(HeaderBehavior="none"),
                QueryStringsConfig=CacheQueryStringsConfig(QueryStringBehavior="none"),
                EnableAcceptEncodingGzip=True,
                EnableAcceptEncodingBrotli=True,
            ),
        ),
    )


def security_headers(title: str, what: str, csp: Value, condition: str) -> ResponseHeadersPolicy:
    """Return a policy that sends the security headers with every response, whatever the origin sent.

    Args:
        title: logical ID.
        what: last part of the name.
        csp: value of the header Content-Security-Policy.
        condition: when it exists.
    """
    return ResponseHeadersPolicy(
        title,
        Condition=condition,
        ResponseHeadersPolicyConfig=ResponseHeadersPolicyConfig(
            Name=named(what),
            SecurityHeadersConfig=SecurityHeadersConfig(
                StrictTransportSecurity=StrictTransportSecurity(
                    AccessControlMaxAgeSec=31536000,  # one year
                    IncludeSubdomains=True,
                    Override=True,
                ),
                ContentTypeOptions=ContentTypeOptions(Override=True),  # nosniff
                FrameOptions=FrameOptions(FrameOption="DENY", Override=True),
                ReferrerPolicy=ReferrerPolicy(
                    ReferrerPolicy="strict-origin-when-cross-origin", Override=True
                ),
                ContentSecurityPolicy=ContentSecurityPolicy(ContentSecurityPolicy=csp, Override=True),
            ),
            CustomHeadersConfig=CustomHeadersConfig(
                Items=[
                    CustomHeader(
                        Header="Permissions-Policy",
                        Value="camera=(), geolocation=(), microphone=(), payment=(), usb=()",
                        Override=True,
                    )
                ]
            ),
        ),
    )
