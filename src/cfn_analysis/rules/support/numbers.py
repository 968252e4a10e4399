"""The numbers of the rules: which belong to a folder, and which are retired.

A number is that of an E and of a W rule, because a W may become an E one day. cfn-lint has E0000 to E8999
for its own rules, gives the lines of a user's ``--custom-rules`` file 9000 + line, and AWS's quickstarts use
E91xx.
"""

from collections.abc import Iterable, Sequence

# Folder -> the numbers of its rules, in the order in which new rules get them. Folders that were full have
# numbers of folders that no longer exist, or that have more than they need.
NUMBERS: dict[str, Sequence[int]] = {
    "template": (*range(9500, 9520), *range(9764, 9767)),
    "apigateway": range(9520, 9548),
    "access": range(9550, 9558),
    "awslambda": range(9560, 9580),
    "cloudfront": (*range(9580, 9600), *range(9767, 9770)),
    "cloudwatch": (*range(9600, 9620), *range(9797, 9800)),
    "ec2": range(9620, 9640),
    "iam": (*range(9640, 9660), *range(9732, 9735)),
    "logs": range(9660, 9680),
    "rds": range(9680, 9700),
    "s3": range(9700, 9720),
    "sns": (*range(9720, 9732), 9558, 9559),
    "settings": range(9735, 9740),
    "wafv2": range(9740, 9760),
    "route53": range(9775, 9780),
    "secretsmanager": (*range(9780, 9785), 9794, 9791),
    "kms": (*range(9785, 9790), 9548, 9549),
}


def _by_replaced(rules: dict[str, str]) -> dict[str, str]:
    """Return replaced rule -> the one that replaces it."""
    successors: dict[str, str] = {}
    for successor, replaced_rules in rules.items():
        successors.update(dict.fromkeys(replaced_rules.split(), successor))
    return successors


# Replaced rule -> the one that replaces it. Written here: the new rule, and those that it replaces.
REPLACED = _by_replaced(
    {
        "E9515": "E9707",
        "W9511": "W9512",
        "E9513": "E9660",
        "W9516": "W9528 W9544 W9588 W9589 W9596 W9597 W9621 W9696 W9706 W9712 W9748 W9762 W9793",
        "E9519": "E9520 E9521 E9531 E9532 E9625 E9795",
        "E9550": "E9542 E9587 E9661 E9666 E9687 E9708 E9710 E9720 E9721 E9722 E9723 E9724 E9770 E9771",
        "E9551": "W9569 E9560 E9566 E9567 E9568 E9633 E9642 E9657",
        "E9552": "E9668 E9704",
        "E9553": "E9695",
        "E9643": "E9644 E9645 W9646 W9654 W9658",
        "W9527": "E9526",
        "W9653": "W9571",
        "E9683": "E9684",
        "E9700": "W9711",
        "W9754": "W9744",
        "E9764": "E9530",
        "E9634": "E9629",
        "E9735": "W9522 W9529 E9537 E9539 E9561 E9564 E9574 E9576 E9583 E9584 E9585 E9590 E9592 E9593 E9605 "
        "E9620 E9623 E9638 E9664 E9672 E9680 E9681 W9682 W9690 E9692 E9693 E9694 E9709 E9742 E9743 E9750 "
        "E9774 E9775 E9777 E9786 E9788 E9790 E9792",
        "E9736": "E9503 E9627 E9628 E9760 E9776",
    }
)

OUT_OF_SCOPE = "Not looked for: no template here has such resources."

# Rule that no longer exists -> what it found, and what says so now.
REMOVED: dict[str, tuple[str, str]] = {
    "E9502": ("!GetStackOutput around another short form", "CloudFormation refuses the template."),
    "E9509": ("Parameter with constraints that contradict each other", "CloudFormation refuses the value."),
    "E9514": (
        "Map without a key for a value that the parameter allows",
        "CloudFormation refuses the value before it creates a resource.",
    ),
    "W9518": (
        "Parameter that allows a name longer than the service accepts",
        "The service refuses the name, or CloudFormation before that.",
    ),
    "E9575": ("Filter of an event source for what no record holds", OUT_OF_SCOPE),
    "E9591": ("CloudFront policy of another kind than the property is for", "CloudFront refuses the ID."),
    "E9614": ("Composite alarm whose rule cannot be read", "CloudWatch refuses the alarm."),
    "E9630": ("Private names in a VPC whose name servers are in the internet", OUT_OF_SCOPE),
    "E9631": ("VPC endpoint for a service that does not exist", "EC2 refuses the endpoint."),
    "E9636": (
        "Subnet whose range overlaps another, or is outside its VPC",
        "EC2 refuses the subnet; for the stacks of this project, the build compares the networks.",
    ),
    "E9641": ("Policy resource that is not an ARN", "IAM and S3 refuse the policy."),
    "E9649": ("Service principal that does not exist", "The service refuses the policy: invalid principal."),
    "E9662": ("Filter pattern with invalid syntax", "CloudWatch Logs refuses the filter."),
    "E9673": ("Delivery of logs that CloudFront does not write", "CloudWatch Logs refuses the delivery."),
    "E9688": ("Subnet group whose subnets are all in one Availability Zone", "RDS refuses the group."),
    "E9703": ("Bucket policy for another bucket", "S3 refuses the policy."),
    "E9713": ("Public bucket policy that the public access block rejects", "S3 refuses the policy."),
    "E9725": ("Filter policy with a value that is not in a list", "SNS refuses the policy."),
    "E9729": ("Subscription whose endpoint does not fit its protocol", "SNS refuses the subscription."),
    "E9730": ("Topic policy with an action that topics do not support", "SNS refuses the policy."),
    "E9740": ("WAF for CloudFront outside us-east-1", "WAF refuses the web ACL."),
    "E9761": ("Attribute of a load balancer or target group that does not exist", OUT_OF_SCOPE),
    "E9763": ("Load balancer for the internet in a subnet behind a NAT gateway", OUT_OF_SCOPE),
    "E9772": ("Event pattern or filter policy with a value that is not in a list", "The service refuses it."),
    "E9773": ("Event pattern for an event that no service sends", OUT_OF_SCOPE),
    "E9780": (
        "Key that a generated secret does not have",
        "CloudFormation cannot resolve the reference, and the resource fails.",
    ),
    "E9783": ("Secret that is replicated to its own region", "Secrets Manager refuses the secret."),
    "E9784": (
        "Generated secret whose template is not a JSON object",
        "Secrets Manager refuses the secret.",
    ),
    "E9796": ("Load balancer of a service that does not fit its task definition", OUT_OF_SCOPE),
}

RETIRED = {int(rule[1:]) for rule in (*REPLACED, *REMOVED)}
"""The numbers of rules that no longer exist. They are not given to another rule."""


def next_number(folder: str, used: Iterable[int]) -> int | None:
    """Return the number of the next rule of a folder, if the folder has one left.

    It follows the last number that a rule of the folder has or had: gaps in between are not filled.
    """
    not_free = {*used, *RETIRED}
    free: list[int] = []
    for number in NUMBERS[folder]:
        if number in not_free:
            free.clear()
        else:
            free.append(number)
    if not free:
        return None
    return free[0]


def ranges_text(numbers: Sequence[int]) -> str:
    """Return ascending numbers in words: ``9780 to 9784, 9794``."""
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and number == ranges[-1][-1] + 1:
            ranges[-1].append(number)
        else:
            ranges.append([number])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]} to {run[-1]}" for run in ranges)
