"""The API call for the subscriptions of a topic."""

from csr_templates.preflight.calls import ApiCall

subscriptions = ApiCall(
    "sns ListSubscriptionsByTopic",
    "TopicArn",
    path="Subscriptions",
    keep="SubscriptionArn Protocol",
    absent="NotFound",
)
"""The subscriptions of a topic; their endpoints are not kept."""
