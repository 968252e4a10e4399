"""Alarms on the metrics of filters."""

from ..harness import frame

template = frame("""
Parameters: {Stage: {Type: String}}
Resources:
  Filter:
    Type: AWS::Logs::MetricFilter
    Properties:
      MetricTransformations: [{MetricNamespace: Own, MetricName: <name=RefusedRequests>,
          MetricValue: '1'<more=>}]
  Alarm: {Type: AWS::CloudWatch::Alarm, Properties: {<alarm>}}
""")

PATH = "Resources/Alarm/Properties/MetricName"

GOOD = {
    "same": template("Namespace: Own, MetricName: RefusedRequests"),
    "dimension": template(
        "Namespace: Own, MetricName: RefusedRequests, Dimensions: [{Name: A, Value: b}]",
        more=", Dimensions: [{Key: A, Value: $.a}]",
    ),
    "same with a parameter": template(
        "Namespace: Own, MetricName: !Join ['', [!Ref Stage, -refused]]", name="!Sub '${Stage}-refused'"
    ),
    "a name that only AWS knows": template(
        "Namespace: Own, MetricName: !ImportValue refused", name="!Sub '${Stage}-a'"
    ),
    "written by an application": template("Namespace: Own, MetricName: Orders"),
    "another namespace": template("Namespace: Other, MetricName: RefusedRequest"),
}

BAD = {
    "another name": (
        template("Namespace: Own, MetricName: RefusedRequest"),
        "MetricName is RefusedRequest, and the filters write RefusedRequests into Own: the alarm "
        "never has data. Use the same name.",
    ),
    "another case": (
        template("Namespace: Own, MetricName: refusedRequests"),
        "MetricName is refusedRequests, and the filters write RefusedRequests into Own: the "
        "alarm never has data. Use the same name.",
    ),
    "dimension": (
        template("Namespace: Own, MetricName: RefusedRequests, Dimensions: [{Name: A, Value: b}]"),
        "Resources/Alarm/Properties/Dimensions",
        "Dimensions of RefusedRequests are A, and those of its filter none: the alarm never has data.",
    ),
    "no dimension": (
        template("Namespace: Own, MetricName: RefusedRequests", more=", Dimensions: [{Key: A, Value: $.a}]"),
        "Resources/Alarm/Properties",
        "Dimensions of RefusedRequests are none, and those of its filter A: the alarm never has data.",
    ),
    "namespace in another spelling": (
        template("Namespace: OWN, MetricName: RefusedRequests"),
        "Resources/Alarm/Properties/Namespace",
        "Namespace is OWN, and the filter of RefusedRequests writes into Own: the alarm never has "
        "data. Use the same namespace.",
    ),
    "another name with a parameter": (
        template("Namespace: Own, MetricName: !Sub '${Stage}-refuse'", name="!Sub '${Stage}-refused'"),
        "MetricName is ${Stage}-refuse, and the filters write ${Stage}-refused into Own: the alarm never has "
        "data. Use the same name.",
    ),
}
