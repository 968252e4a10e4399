"""Common parameters of several templates."""

from collections.abc import Sequence

from troposphere import Equals, Parameter


def project_name() -> Parameter:
    """Return the first half of every name.

    The pattern meets the strictest services: S3 (lower case) and RDS (starts with a letter, no double
    hyphen). The length keeps the longest name within S3's 63 characters: the bucket
    ``<project>-staging-lambda-deployments-<account>``.
    """
    return Parameter(
        "ProjectName",
        Type="String",
        Default="csr-lambda-api",
        AllowedPattern="[a-z][a-z0-9]*(-[a-z0-9]+)*",
        MaxLength=23,
        Description=(
            "First part of every resource name, and value of the tag Project. Cannot be changed after "
            "creation."
        ),
        ConstraintDescription=(
            "must start with a lowercase letter, contain only lowercase letters, digits and single hyphens, "
            "and be at most 23 characters long"
        ),
    )


def environment(names: Sequence[str] = ("dev", "staging", "prod")) -> Parameter:
    """Return the second half of every name.

    Args:
        names: the environments; the last one is production, for which the defaults of the templates are.
    """
    allowed = " or ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)
    return Parameter(
        "Environment",
        Type="String",
        Default=names[-1],
        AllowedValues=list(names),
        Description=(
            "Second part of every resource name, and value of the tag Environment. Cannot be changed after "
            "creation."
        ),
        ConstraintDescription=f"must be {allowed}",
    )


def is_production(environment: Parameter) -> Equals:
    """Return the condition that the environment is production, whose name is the default of the parameter."""
    return Equals(environment.Ref(), environment.properties.get("Default", ""))


RUNBOOK_URL = "RunbookUrl"


def runbook_url() -> Parameter:
    """Return the address of the on-call page, to which the descriptions of the alarms refer.

    The maximum length keeps every description within the 1,024 characters of an alarm.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
    """
    return Parameter(
        RUNBOOK_URL,
        Type="String",
        Default="docs/on-call.ja.md",
        AllowedPattern=r"[!$-\[\]-~]+",  # without spaces, #, and what the JSON of a dashboard escapes
        MaxLength=300,
        Description=(
            "Address of the on-call page, without the part after #. The description of each alarm ends with "
            "it and the name of the alarm. Set it to the https address of the page in your repository."
        ),
        ConstraintDescription=(
            "must be an address of at most 300 characters, without spaces, #, quotation marks and "
            "backslashes, such as https://example.com/docs/on-call.ja.md"
        ),
    )


def log_retention() -> Parameter:
    """Return the retention of log groups.

    The values are those of CloudWatch Logs. One year is required by control CloudWatch.16 of Security Hub,
    and is the retention of the edge logs in S3.
    https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
    """
    days = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731]
    days += [1096, 1827, 2192, 2557, 2922, 3288, 3653]
    first = ", ".join(str(number) for number in days[:-1])
    return Parameter(
        "LogRetentionDays",
        Type="Number",
        Default=365,
        AllowedValues=days,
        Description="Number of days that log events are kept. A smaller value deletes older events.",
        ConstraintDescription=f"must be {first} or {days[-1]}",
    )


def permissions_boundary() -> Parameter:
    """Return the managed policy that limits the roles of a stack."""
    return Parameter(
        "PermissionsBoundaryArn",
        Type="String",
        Default="",
        AllowedPattern="(arn:aws[a-z-]*:iam::(aws|[0-9]{12}):policy/[!-~]{1,512})?",
        Description=(
            "ARN of the managed policy that is the permissions boundary of every role. Empty for none."
        ),
        ConstraintDescription="must be empty, or the ARN of a managed policy",
    )


def cidr(title: str, Default: str, Description: str) -> Parameter:
    """Return a parameter for an IPv4 network that a VPC or subnet can have: /16 to /28.

    https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
    """
    # 0 to 255 without leading zeros. [0-9] and not \d, which in Python matches digits of other alphabets too.
    octet = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
    return Parameter(
        title,
        Type="String",
        Default=Default,
        AllowedPattern=rf"{octet}([.]{octet}){{3}}/(1[6-9]|2[0-8])",
        Description=Description,
        ConstraintDescription=(
            "must be an IPv4 CIDR block such as 10.2.0.0/16, with a prefix length from /16 to /28"
        ),
    )


def switch(title: str, Default: str, Description: str) -> Parameter:
    """Return a parameter with the values ``"true"`` and ``"false"``: there is no boolean type."""
    return Parameter(
        title,
        Type="String",
        Default=Default,
        AllowedValues=["true", "false"],
        Description=Description,
        ConstraintDescription="must be true or false",
    )
