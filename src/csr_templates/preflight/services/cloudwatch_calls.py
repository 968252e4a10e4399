"""The API calls for alarms, mute rules and dashboards, and the keys that are kept of each answer."""

from csr_templates.preflight.calls import GLOBAL, ApiCall

alarms = ApiCall(
    "cloudwatch DescribeAlarms",
    path="MetricAlarms",
    keep="AlarmName StateValue StateTransitionedTimestamp StateUpdatedTimestamp EvaluationState "
    "ActionsEnabled AlarmActions OKActions InsufficientDataActions Namespace MetricName Statistic "
    "ExtendedStatistic Period EvaluationPeriods DatapointsToAlarm Threshold ComparisonOperator "
    "TreatMissingData",
    fixed=(("AlarmTypes", ("MetricAlarm",)),),
)
"""The metric alarms of a region."""

dashboards = ApiCall(
    "cloudwatch ListDashboards",
    "DashboardNamePrefix",
    path="DashboardEntries",
    keep="DashboardName",
    region=GLOBAL,
)
"""The dashboards of the account whose names start with a prefix; dashboards are global."""

mute_rules = ApiCall(
    "cloudwatch ListAlarmMuteRules",
    path="AlarmMuteRuleSummaries",
    keep="AlarmMuteRuleArn",
    fixed=(("Statuses", ("ACTIVE", "SCHEDULED")),),
)
"""The mute rules of a region that mute alarms now, or will mute them."""

mute_rule = ApiCall(
    "cloudwatch GetAlarmMuteRule",
    "AlarmMuteRuleName",
    keep="Name MuteTargets Status ExpireDate MuteType Rule",
    absent="ResourceNotFoundException",
)
"""A mute rule with its alarms; absent if it was deleted."""
