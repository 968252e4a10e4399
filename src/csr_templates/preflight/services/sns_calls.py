"""The API calls for topics, their subscriptions, and the limits of SMS."""

from csr_templates.preflight.calls import ApiCall

subscriptions = ApiCall(
    "sns ListSubscriptionsByTopic",
    "TopicArn",
    path="Subscriptions",
    keep="SubscriptionArn Protocol",
    absent="NotFound",
)
"""The subscriptions of a topic; their endpoints are not kept."""

subscription = ApiCall(
    "sns GetSubscriptionAttributes",
    "SubscriptionArn",
    path="Attributes",
    keep="FilterPolicy PendingConfirmation",
    absent="NotFound",
)
"""The filter of a subscription; absent if it was deleted. Its endpoint is not kept."""

topic = ApiCall("sns GetTopicAttributes", "TopicArn", path="Attributes", keep="Policy", absent="NotFound")
"""The policy of a topic; absent if the topic does not exist."""

sms_sandbox = ApiCall("sns GetSMSSandboxAccountStatus", keep="IsInSandbox")
"""Whether only verified numbers get SMS from a region."""

sms_limit = ApiCall(
    "sns GetSMSAttributes",
    path="attributes",
    keep="MonthlySpendLimit",
    fixed=(("attributes", ("MonthlySpendLimit",)),),
)
"""The dollars that the SMS of a region may cost in a month; without the attribute, it is one."""
