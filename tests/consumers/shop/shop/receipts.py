"""The receipts stack: a queue with an alarm for old messages."""

from troposphere import Output, sqs

from csr_templates import StackTemplate, alarms, contract, names, parameters, policies, topics


def build() -> StackTemplate:
    """Return the stack; it reads the key of the alarm topics from the network stack."""
    t = StackTemplate("A queue of receipts with its alarm")
    t.add_parameter(parameters.project_name(), label="Project", group="Names")
    t.add_parameter(parameters.environment(), label="Environment", group="Names")
    t.add_parameter(parameters.runbook_url(), label="On-call page", group="Names")

    t.section("Queue")
    queue = t.add_resource(
        sqs.Queue(
            "ReceiptsQueue",
            DeletionPolicy="RetainExceptOnCreate",
            UpdateReplacePolicy="Retain",
            QueueName=names.name("receipts"),
            MessageRetentionPeriod=1209600,  # seconds, the longest
            SqsManagedSseEnabled=True,
            Tags=names.tags(),
        )
    )
    t.add_resource(
        sqs.QueuePolicy(
            "ReceiptsQueuePolicy",
            Queues=[queue.Ref()],
            PolicyDocument=policies.document(policies.deny_without_tls("sqs", [queue.GetAtt("Arn")])),
        )
    )

    t.section("Alarm topics")
    alarm_topics = topics.alarm_topics(
        "ReceiptsAlarmTopic",
        "ReceiptsCriticalAlarmTopic",
        "ReceiptsAlarmTopicsPolicy",
        "receipts",
        contract.import_value(contract.ALARMS_KEY_ARN),
    )
    for resource in alarm_topics:
        t.add_resource(resource)

    t.section("Alarms")
    t.add_resource(
        alarms.alarm(
            "ReceiptsOldAlarm",
            "receipts-old",
            notify=alarm_topics.normal.Ref(),
            dimensions={"QueueName": queue.GetAtt("QueueName")},
            Namespace="AWS/SQS",
            MetricName="ApproximateAgeOfOldestMessage",
            Statistic="Maximum",
            EvaluationPeriods=2,
            Threshold=600,
            unit="seconds",
            AlarmDescription="Receipts wait for more than ten minutes.",
        )
    )
    t.add_output(Output("ReceiptsQueueArn", Description="ARN of the queue", Value=queue.GetAtt("Arn")))
    return t
