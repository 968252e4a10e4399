"""Topic policies that let CloudWatch publish, and on others."""

from ..harness import frame, row

HEAD = """
Parameters:
  Environment: {Type: String, Default: dev, AllowedValues: [dev, prod]}
  Service: {Type: String, Default: cloudwatch.amazonaws.com}
  OtherService: {Type: String, Default: budgets.amazonaws.com}
Resources:
  Topic: {Type: AWS::SNS::Topic}
  Other: {Type: AWS::SNS::Topic}
"""

ARN = "arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:"

OWNER = (
    "{Effect: Allow, Principal: {AWS: !Sub 'arn:aws:iam::${AWS::AccountId}:root'}, "
    "Action: 'sns:Publish', Resource: '*'}"
)


def grant(
    action: str = "'sns:Publish'",
    principal: str = "{Service: cloudwatch.amazonaws.com}",
    resource: str = "!Ref Topic",
    condition: str = "",
) -> str:
    """Return a statement."""
    extra = f", Condition: {condition}" if condition else ""
    return f"{{Effect: Allow, Principal: {principal}, Action: {action}, Resource: {resource}{extra}}}"


def template(
    *statements: str,
    name: str = "dev-cpu",
    topics: str = "[!Ref Topic]",
    attributes: str = "",
    more: str = "",
) -> str:
    """Return a template with alarm, topic and topic policy."""
    return (
        f"{HEAD}  Policy: {{Type: AWS::SNS::TopicPolicy, {attributes} Properties: {{Topics: {topics}, "
        f"PolicyDocument: {{Statement: [{', '.join(statements)}]}}}}}}\n{more}  High: {{Type: "
        f"AWS::CloudWatch::Alarm, Properties: {{AlarmName: {name}, AlarmActions: [!Ref Topic]}}}}\n"
    )


source = frame("{ArnLike: {'aws:SourceArn': <pattern>}}")

ANYONE = grant(principal="'*'")
SECOND = "  Second: {Type: AWS::SNS::TopicPolicy, Properties: {Topics: [!Ref Topic], PolicyDocument: {}}}\n"

case = row(
    "<text>",
    "Resources/Policy/Properties/PolicyDocument",
    "PolicyDocument does not allow cloudwatch.amazonaws.com sns:Publish on Topic<when>: the "
    "messages of all alarms to the topic are lost. Add a statement that allows it.",
)


def refuses_a_name_that_the_policy_does_not_cover(name: str, pattern: str, shown: str) -> tuple[str, ...]:
    """An alarm whose name the topic policy leaves out is found on its name."""
    return (
        template(grant(condition=source(pattern)), name=name),
        "Resources/High/Properties/AlarmName",
        f"AlarmName is {shown}, which no aws:SourceArn in the PolicyDocument of Policy matches: "
        "CloudWatch cannot publish this alarm to Topic. Change the name or the pattern.",
    )


GOOD = {
    "service": template(grant()),
    "owner and service": template(OWNER, grant()),
    "parameter default": template(grant(principal="{Service: !Ref Service}")),
    "Sub": template(grant(principal="{Service: !Sub 'cloudwatch.${AWS::URLSuffix}'}")),
    "upper case": template(grant("['SNS:Publish']")),
    "all actions": template(grant("'*'")),
    "as SNS has it": template(
        grant(principal="{AWS: '*'}", condition="{StringEquals: {'AWS:SourceOwner': !Ref AWS::AccountId}}")
    ),
    "every topic": template(grant(resource="'*'")),
    "list of topics": template(grant(resource="[!Ref Other, !GetAtt Topic.TopicArn]")),
    "unknown topic": template(grant(resource="!ImportValue topic")),
    "name under the pattern": template(
        grant(condition=source(f"!Sub '{ARN}${{Environment}}-*'")), name="!Sub '${Environment}-cpu'"
    ),
    "policy of another topic": template(OWNER, topics="[!Ref Other]"),
    "two policies, and it is not known which holds": template(OWNER, more=SECOND),
    "both branches": template(f"!If [Open, {grant()}, {ANYONE}]"),
    "no policy": HEAD + "  High: {Type: AWS::CloudWatch::Alarm, Properties: {AlarmActions: [!Ref Topic]}}\n",
}

BAD = {
    "owner alone": case(template(OWNER), ""),
    "other action": case(template(grant("'sns:Subscribe'")), ""),
    "other topic": case(template(grant(resource="!Ref Other")), ""),
    "other service": case(template(grant(principal="{Service: !Ref OtherService}")), ""),
    "denied": case(template(grant().replace("Allow", "Deny")), ""),
    "in one branch": case(
        template(OWNER, f"!If [Open, {grant()}, !Ref AWS::NoValue]"), " when Open is false"
    ),
    "policy under a condition": case(template(OWNER, attributes="Condition: Open,"), " when Open is true"),
    "policy of two topics": case(template(OWNER, topics="[!Ref Other, !Ref Topic]"), ""),
    "another name": refuses_a_name_that_the_policy_does_not_cover(
        "dev-cpu", f"!Sub '{ARN}prod-*'", '"dev-cpu"'
    ),
    "another value": refuses_a_name_that_the_policy_does_not_cover(
        "!Sub '${Environment}-cpu'", f"!Sub '{ARN}dev-*'", '{"Fn::Sub": "${Environment}-cpu"}'
    ),
    "inline policy": case(
        template(OWNER)
        .replace("TopicPolicy", "TopicInlinePolicy")
        .replace("Topics: [!Ref Topic]", "TopicArn: !Ref Topic"),
        "",
    ),
}
