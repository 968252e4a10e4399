"""Metric filters."""

from ..harness import frame

transformation = frame("""
  Filter:
    Type: AWS::Logs::MetricFilter
    Properties: {MetricTransformations: [{MetricName: a, MetricValue: '1', <more>}]}
""")

GOOD = {
    "default": transformation("MetricNamespace: Own, DefaultValue: 0"),
    "dimensions": transformation("MetricNamespace: Own/AWS, Dimensions: [{Key: a, Value: $.a}]"),
}

BAD = {
    "both": (
        transformation("MetricNamespace: Own, DefaultValue: 0, Dimensions: [{Key: a, Value: $.a}]"),
        "Resources/Filter/Properties/MetricTransformations/0",
        "DefaultValue is set with Dimensions: a metric with dimensions has no default value. "
        "Remove one of them.",
    ),
    "namespace": (
        transformation("MetricNamespace: AWS/Lambda"),
        "Resources/Filter/Properties/MetricTransformations/0",
        "MetricNamespace is AWS/Lambda: only services write into AWS/. Choose another.",
    ),
}
