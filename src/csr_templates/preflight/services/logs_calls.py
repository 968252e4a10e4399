"""The API calls for log groups and log deliveries, and the keys that are kept of each answer."""

from csr_templates.preflight.calls import ApiCall

log_groups = ApiCall(
    "logs DescribeLogGroups", "logGroupNamePrefix", path="logGroups", keep="logGroupName retentionInDays"
)
"""The log groups whose names start with a prefix, with their retention; none if events never expire."""

delivery_sources = ApiCall("logs DescribeDeliverySources", path="deliverySources", keep="name")
"""The sources of log deliveries."""

delivery_destinations = ApiCall("logs DescribeDeliveryDestinations", path="deliveryDestinations", keep="name")
"""The destinations of log deliveries."""

newest_stream = ApiCall(
    "logs DescribeLogStreams",
    "logGroupName",
    path="logStreams",
    keep="creationTime lastEventTimestamp lastIngestionTime",
    absent="ResourceNotFoundException",
    fixed=(("orderBy", "LastEventTime"), ("descending", True), ("limit", 1)),
)
"""The log stream of a log group with the newest event; absent if there is no such log group."""

deliveries = ApiCall(
    "logs DescribeDeliveries", path="deliveries", keep="deliverySourceName deliveryDestinationArn"
)
"""The log deliveries of a region."""
