"""Lifetimes in caches."""

from ..harness import frame

policy = frame("""
Parameters:
  Any: {Type: Number}
Resources:
  Policy: {Type: AWS::CloudFront::CachePolicy, Properties: {CachePolicyConfig: {<lifetimes>}}}
""")

COMPRESSED = (
    "ParametersInCacheKeyAndForwardedToOrigin: "
    "{EnableAcceptEncodingGzip: true, EnableAcceptEncodingBrotli: false}"
)

GOOD = {
    "order": policy("MinTTL: 0, DefaultTTL: 60, MaxTTL: 60"),
    "parameter": policy("MinTTL: 10, DefaultTTL: !Ref Any, MaxTTL: 60"),
    "compression": policy(f"MinTTL: 0, DefaultTTL: 0, MaxTTL: 60, {COMPRESSED}"),
}

BAD = {
    "default": (
        policy("MinTTL: 0, DefaultTTL: 600, MaxTTL: 60"),
        "Resources/Policy/Properties/CachePolicyConfig/DefaultTTL",
        "DefaultTTL is 600 and MaxTTL 60: CloudFront refuses it. Put them in order.",
    ),
    "minimum": (
        policy("MinTTL: 600, MaxTTL: 60"),
        "Resources/Policy/Properties/CachePolicyConfig/MinTTL",
        "MinTTL is 600 and MaxTTL 60: CloudFront refuses it. Put them in order.",
    ),
    "compression without cache": (
        policy(f"MinTTL: 0, DefaultTTL: 0, MaxTTL: 0, {COMPRESSED}"),
        "Resources/Policy/Properties/CachePolicyConfig/ParametersInCacheKeyAndForwardedToOrigin/EnableAcceptEncodingGzip",
        "EnableAcceptEncodingGzip is true and MaxTTL 0: CloudFront refuses it if nothing "
        "is cached. Set it to false, or increase MaxTTL.",
    ),
}
