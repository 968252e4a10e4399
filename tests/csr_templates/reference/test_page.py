"""``reference``: the page with the content of the templates."""

import re
from collections.abc import Mapping
from typing import Any

import pytest

from cfn_analysis.model.built_stack import BuiltStack
from cfn_analysis.model.references import in_words
from csr_templates import STACKS
from csr_templates.assembly.building import build_stack
from csr_templates.hand_over.manifest import REFRESH
from csr_templates.reference import page_lines
from csr_templates.reference.markdown import code, item, prose, table
from csr_templates.reference.page import page
from csr_templates.reference.policy_sentences import Policy, policies, sentence

NAMES = [stack.name for stack in STACKS]


@pytest.fixture(scope="module")
def ours() -> str:
    """The page about our stacks."""
    return page([build_stack(stack) for stack in STACKS], REFRESH)


def part(text: str, title: str, stack: str) -> str:
    """Return the text under a heading; empty if the heading is missing."""
    match = re.search(rf"^### {title} of {stack}\n(.*?)(?=^##|\Z)", text, re.MULTILINE | re.DOTALL)
    return match[1] if match else ""


def rows(text: str) -> list[list[str]]:
    """Return the cells of each row of a table, without its head."""
    lines = [line for line in text.split("\n") if line.startswith("| ")][1:]
    return [cells(line) for line in lines]


def cells(row: str) -> list[str]:
    """Return the cells of a row of a table."""
    return [cell.strip() for cell in page_lines.cells(row)[1:-1]]


def items(text: str) -> dict[str, list[str]]:
    """Return the name at the start of each item of a list -> all items below it."""
    below: dict[str, list[str]] = {}
    name = ""
    for line in text.split("\n"):
        if first := re.match(r"- `([^`]+)`", line):
            name = first[1]
            below[name] = []
        elif line.startswith("  "):
            below[name].append(line.strip().removeprefix("- "))
    return below


def of_type(stack: BuiltStack, type_name: str) -> dict[str, Any]:
    """Return logical ID -> properties of the resources of a type."""
    return {
        name: resource["Properties"]
        for name, resource in stack.resources.items()
        if resource["Type"] == type_name
    }


def key(group: Mapping[str, Any]) -> str:
    """Return the key of a log group as the page shows it."""
    return code(in_words(group["KmsKeyId"]))


def small(template: dict[str, Any], **sections: str) -> str:
    """Return the page about a single stack."""
    return page([BuiltStack("site", "site.yaml", "us-east-1", template, sections)])


def test_sections_and_what_they_refer_to() -> None:
    """Each section has a row, with the other sections of its stack that its resources refer to."""
    resources = {
        "First": {"Type": "AWS::SQS::Queue"},
        "Second": {"Type": "AWS::SQS::Queue", "Properties": {"Tags": [{"Ref": "First"}]}},
        "Third": {"Type": "AWS::SQS::Queue", "Properties": {"Tags": [{"Ref": "First"}, {"Ref": "Second"}]}},
        "Fourth": {"Type": "AWS::SQS::Queue", "Properties": {"Tags": [{"Ref": "Third"}]}},
    }
    text = small({"Resources": resources}, First="A | first", Second="B", Third="C", Fourth="C")

    assert text.split("| section |")[1].split("\n\n")[0].split("\n")[2:] == [
        "| A \\| first | 1 |  |",
        "| B | 1 | A \\| first |",
        "| C | 2 | A \\| first, B |",
    ]


def test_page_is_plain_text(ours: str) -> None:
    """ASCII, one line feed at the end, no trailing spaces, and as many cells in a row as in its head."""
    assert ours.isascii()
    assert ours.endswith("\n")
    assert not ours.endswith("\n\n")
    assert not re.search(r"[ \t\r]$", ours, re.MULTILINE)
    for block in re.findall(r"(?:^\|.*\n)+", ours, re.MULTILINE):
        widths = {len(re.split(r"(?<!\\)\|", line)) for line in block.strip().split("\n")}
        assert len(widths) == 1, block[:200]


@pytest.mark.parametrize("name", NAMES)
def test_tables_hold_what_the_template_holds(ours: str, built: dict[str, BuiltStack], name: str) -> None:
    """Each parameter, resource, output, alarm, key and log group has one row, in the template's order."""
    stack = built[name]

    def names(title: str) -> list[str]:
        return list(items(part(ours, title, name)))

    alarms = of_type(stack, "AWS::CloudWatch::Alarm")
    groups = of_type(stack, "AWS::Logs::LogGroup")
    assert names("Parameters") == list(stack.parameters)
    assert names("Outputs") == list(stack.outputs)
    assert names("Alarms") == list(alarms)
    assert re.findall(r"^- (`\w+`):", part(ours, "Keys", name), re.MULTILINE) == [
        code(logical_id) for logical_id in of_type(stack, "AWS::KMS::Key")
    ]
    parameters = items(part(ours, "Parameters", name))
    per_deploy = {key for key, lines in parameters.items() if "**Set at each deploy.**" in lines}
    assert per_deploy == set(stack.per_deploy)
    assert [[row[1], *row[4:6]] for row in rows(part(ours, "Resources", name))] == [
        [code(logical_id), resource.get("DeletionPolicy", ""), resource.get("UpdateReplacePolicy", "")]
        for logical_id, resource in stack.resources.items()
    ]
    assert rows(part(ours, "Log groups", name)) == [
        [
            code(logical_id),
            code(in_words(group["LogGroupName"])),
            in_words(group["RetentionInDays"]),
            key(group),
        ]
        for logical_id, group in groups.items()
    ]
    for logical_id, alarm in alarms.items():
        lines = items(part(ours, "Alarms", name))[logical_id]
        advice = [prose(line) for line in in_words(alarm["AlarmDescription"]).split("\n")]
        assert lines[-len(advice) :] == advice


@pytest.mark.parametrize(
    ("properties", "fires"),
    [
        ({}, "`CPUUtilization` > 70 percent (Average, 2 of 2 periods of 5 min)"),
        (
            {"Threshold": 0.2, "DatapointsToAlarm": 1},
            "`CPUUtilization` > 0.2 percent (Average, 1 of 2 periods of 5 min)",
        ),
        (
            {"EvaluationPeriods": 1, "Period": 90},
            "`CPUUtilization` > 70 percent (Average, 1 of 1 periods of 90 s)",
        ),
        (
            {"ExtendedStatistic": "p95", "Statistic": ""},
            "`CPUUtilization` > 70 percent (p95, 2 of 2 periods of 5 min)",
        ),
        (
            {"Threshold": 20000, "MetricName": "New", "TreatMissingData": "breaching"},
            "`New` > 20,000 percent (Average, 2 of 2 periods of 5 min; missing data breaches)",
        ),
        (
            {
                "Threshold": {"Fn::FindInMap": ["Classes", {"Ref": "P"}, "Low"]},
                "Dimensions": [{"Name": "Role", "Value": {"Ref": "P"}}],
            },
            "`CPUUtilization` > `Low` of `${P}` in `Classes` percent (Average, 2 of 2 periods of 5 min)",
        ),
    ],
)
def test_alarm_in_words(properties: dict[str, Any], fires: str) -> None:
    """The reference states when an alarm fires in the words of the on-call page."""
    alarm = {
        "MetricName": "CPUUtilization",
        "Statistic": "Average",
        "Period": 300,
        "EvaluationPeriods": 2,
        "ComparisonOperator": "GreaterThanThreshold",
        "Threshold": 70,
        **properties,
    }
    resource = {"Type": "AWS::CloudWatch::Alarm", "Metadata": {"Unit": "percent"}, "Properties": alarm}
    text = small({"Parameters": {"P": {"Type": "String"}}, "Resources": {"Alarm": resource}})

    assert f"Fires when: {fires}" in items(part(text, "Alarms", "site"))["Alarm"]


def test_users_of_outputs_and_keys() -> None:
    """An output lists the stacks that read it. A key lists the resources that use it, in each stack."""
    statement = {
        "Sid": "Account",
        "Effect": "Allow",
        "Principal": {"AWS": "root"},
        "Action": "kms:*",
        "Resource": "*",
    }
    below = {
        "Resources": {
            "Key": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": {"Statement": [statement]}}},
            "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"KmsMasterKeyId": {"Ref": "Key"}}},
        },
        "Outputs": {
            "KeyArn": {"Value": {"Fn::GetAtt": ["Key", "Arn"]}, "Export": {"Name": "key"}},
            "Queue": {"Value": {"Ref": "Queue"}},
        },
    }
    topic = {"Type": "AWS::SNS::Topic", "Properties": {"KmsMasterKeyId": {"Fn::ImportValue": "key"}}}
    stacks = [
        BuiltStack("below", "below.yaml", "us-east-1", below),
        BuiltStack("above", "above.yaml", "us-east-1", {"Resources": {"Topic": topic}}),
        BuiltStack("beside", "beside.yaml", "us-east-1", {"Resources": {"Topic": topic}}),
    ]
    text = page(stacks)
    outputs = items(part(text, "Outputs", "below"))

    assert "Read by above, beside" in outputs["KeyArn"]
    assert not any(line.startswith("Read by ") for line in outputs["Queue"])
    keys = part(text, "Keys", "below")
    assert "  - `Account`: `root` can `kms:*` on `*`.\n" in keys
    assert (
        "  - Used in below by `Queue`.\n  - Used in above by `Topic`.\n  - Used in beside by `Topic`.\n"
        in keys
    )


def test_rules_that_use_a_parameter() -> None:
    """A rule is listed if its condition or an assertion uses the parameter."""
    parameter = {"Ref": "P"}
    assertion = {"Assert": {"Fn::Equals": ["a", "b"]}, "AssertDescription": "a must be b."}
    rules = {
        "Asserts": {"Assertions": [{**assertion, "Assert": {"Fn::Equals": [parameter, "b"]}}]},
        "Applies": {"RuleCondition": {"Fn::Equals": [parameter, "x"]}, "Assertions": [assertion]},
        "Other": {"Assertions": [assertion]},
    }
    queue = {"Type": "AWS::SQS::Queue"}
    text = small({"Parameters": {"P": {"Type": "String"}}, "Rules": rules, "Resources": {"Queue": queue}})

    assert items(part(text, "Parameters", "site"))["P"] == [
        "The rule `Asserts` rejects some values: a must be b.",
        "The rule `Applies` rejects some values: a must be b.",
    ]


@pytest.mark.parametrize("name", NAMES)
def test_every_statement_is_there(ours: str, built: dict[str, BuiltStack], name: str) -> None:
    """The page has a line for each statement of each policy of a stack, and no others."""
    text = part(ours, "Permissions", name) + part(ours, "Keys", name)
    expected: list[str] = []
    for resource in built[name].resources.values():
        for policy in policies(resource):
            expected += policy.statements

    lines = re.findall(r"^ +- (.*)", text, re.MULTILINE)
    flat = "\n".join(["", *lines, ""])
    for statement in expected:
        assert f"\n{statement}\n" in flat
    others = re.compile(r"`\w+`|Rotated every year: (yes|no)\.|(Used in|Not used by) .*")
    expected_lines = "\n".join(expected).split("\n") if expected else []
    assert len(expected_lines) == sum(not others.fullmatch(line) for line in lines)


@pytest.mark.parametrize(
    ("statement", "text"),
    [
        pytest.param(
            {
                "Sid": "Read",
                "Effect": "Allow",
                "Action": ["s3:Get*"],
                "Resource": [{"Fn::GetAtt": ["B", "Arn"]}],
            },
            "`Read`: Allows `s3:Get*` on `${B.Arn}`.",
            id="of a role",
        ),
        pytest.param(
            {"Effect": "Allow", "Principal": {"Service": "a.com"}, "Action": "sts:AssumeRole"},
            "`a.com` can `sts:AssumeRole`.",
            id="trust",
        ),
        pytest.param(
            {
                "Effect": "Deny",
                "Principal": "*",
                "NotAction": "s3:*",
                "Resource": "*",
                "Condition": {
                    "Bool": {"aws:SecureTransport": "false"},
                    "StringEquals": {"aws:a": ["x", "y"]},
                },
            },
            "No one can everything except `s3:*` on `*` if `aws:SecureTransport` Bool `false` and `aws:a` "
            "StringEquals `x` or `y`.",
            id="denied to everybody",
        ),
        pytest.param(
            {"Effect": "Deny", "Principal": {"AWS": ["a", "b"]}, "Action": "s3:*", "NotResource": "c"},
            "`a`, `b` cannot `s3:*` on everything except `c`.",
            id="denied to some",
        ),
        pytest.param(
            {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}, "Denies `s3:*` on `*`.", id="denied"
        ),
        pytest.param(
            {"Fn::If": ["Big", {"Effect": "Allow"}, {"Ref": "AWS::NoValue"}]},
            '`{"Effect": "Allow"} if Big, otherwise nothing`.',
            id="decided by a condition",
        ),
    ],
)
def test_statement_in_words(statement: dict[str, Any], text: str) -> None:
    """The sentence about a statement is complete."""
    assert sentence(statement) == text


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        pytest.param(
            {"Policies": [{"Fn::If": ["Big", "a", "b"]}]},
            [Policy("Policies", ["`a if Big, otherwise b`."])],
            id="policies",
        ),
        pytest.param(
            {"ManagedPolicyArns": {"Fn::If": ["Big", "a", "b"]}},
            [Policy("ManagedPolicyArns", ["`a if Big, otherwise b`."])],
            id="managed policies",
        ),
        pytest.param({"Policies": ["a"]}, [], id="no policy documents"),
    ],
)
def test_policies_behind_a_condition(properties: dict[str, Any], expected: list[Policy]) -> None:
    """A part with a condition is not omitted: it is shown as in the template."""
    assert policies({"Properties": properties}) == expected


def test_alarm_with_functions_for_values() -> None:
    """If the values of an alarm are functions, the alarm shows the functions."""
    alarm = {
        "Type": "AWS::CloudWatch::Alarm",
        "Metadata": {"Unit": "errors"},
        "Properties": {
            "MetricName": "Errors",
            "Dimensions": {"Fn::If": ["Big", {"Ref": "P"}, {"Ref": "AWS::NoValue"}]},
            "ComparisonOperator": "LessThanThreshold",
            "Threshold": {"Ref": "P"},
            "Period": {"Ref": "P"},
            "EvaluationPeriods": 1,
            "Statistic": "Sum",
        },
    }
    text = small({"Parameters": {"P": {"Type": "Number"}}, "Resources": {"Alarm": alarm}})

    assert items(part(text, "Alarms", "site"))["Alarm"] == [
        "`Errors`",
        "`${P} if Big, otherwise nothing`",
        "Fires when: `Errors` < `${P}` errors (Sum, 1 of 1 periods of ${P} s)",
    ]


def test_alarm_on_an_expression() -> None:
    """An alarm on an expression shows the expression and its metrics, and uses their longest period."""
    metric = {
        "Namespace": "Shop",
        "MetricName": "Errors",
        "Dimensions": [{"Name": "Of", "Value": "x"}],
    }
    alarm = {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "Metrics": [
                {"Id": "share", "Expression": "bad / 7"},
                {
                    "Id": "bad",
                    "ReturnData": False,
                    "MetricStat": {"Metric": metric, "Period": 600, "Stat": "Sum"},
                },
            ],
            "ComparisonOperator": "GreaterThanThreshold",
            "Threshold": 50,
            "EvaluationPeriods": 2,
        },
    }

    text = small({"Resources": {"Alarm": alarm}})

    assert items(part(text, "Alarms", "site"))["Alarm"] == [
        "`share`: `bad / 7`",
        "`bad`: Sum of Shop `Errors`",
        "Of = `x`",
        "Fires when: `bad / 7`, `Errors` > 50 (Sum, 2 of 2 periods of 10 min)",
    ]


def test_no_cell_is_wide(ours: str) -> None:
    """Each fact is on a separate line, so that a changed number is visible in a diff."""
    assert [line for line in ours.split("\n") if line.startswith("|") and len(line) > 200] == []
    assert "<br>" not in re.sub(r"^```mermaid\n.*?^```$", "", ours, flags=re.MULTILINE | re.DOTALL)


def test_long_statement_is_a_list() -> None:
    """A long statement is split: each value of a condition is on a separate line."""
    account, arns = "1" * 12, ["a" * 60, "b" * 60]
    statement = {
        "Effect": "Allow",
        "Action": "kms:Decrypt",
        "Resource": "*",
        "Condition": {"ArnLike": {"aws:SourceArn": arns}, "StringEquals": {"aws:SourceAccount": account}},
    }

    assert item(sentence(statement), 1) == [
        "  - Allows `kms:Decrypt`",
        "    - on `*`",
        f"    - if `aws:SourceArn` ArnLike `{arns[0]}`",
        f"    - or `{arns[1]}`",
        f"    - and if `aws:SourceAccount` StringEquals `{account}`",
    ]


def test_page_about_little() -> None:
    """A stack without parameters, outputs, alarms or policies has no headings for them."""
    text = small({"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}})

    assert re.findall("^## .*|^### .*", text, re.MULTILINE) == [
        "## The system",
        "## The stacks",
        "## site",
        "### Resources of site",
    ]


def test_nothing_in_a_template_becomes_markup() -> None:
    """Texts of a template are shown unchanged, and never interpreted as markup."""
    text = small(
        {
            "Description": "A | B <b> *c* _d_ [e](f) `g`",
            "Parameters": {"P": {"Type": "String", "Default": "a|b `c`", "ConstraintDescription": "x | y"}},
            "Resources": {"Queue": {"Type": "AWS::SQS::Queue", "Properties": {"DelaySeconds": {"Ref": "P"}}}},
        }
    )

    assert r"A \| B \<b\> \*c\* \_d\_ \[e\](f) \`g\`." in text
    assert part(text, "Parameters", "site").strip().split("\n") == [
        "- `P` (String)",
        "  - Default: `` a|b `c` ``",
        r"  - Allowed: x \| y",
    ]


def test_conditions_in_words() -> None:
    """Conditions read as sentences."""
    equals = {"Fn::Equals": [{"Ref": "P"}, ""]}
    text = small(
        {
            "Parameters": {"P": {"Type": "String"}},
            "Conditions": {
                "Empty": equals,
                "Given": {"Fn::Not": [equals]},
                "Both": {"Fn::And": [{"Condition": "Empty"}, {"Condition": "Given"}]},
                "Any": {"Fn::Or": [{"Condition": "Empty"}, {"Fn::Not": [{"Condition": "Given"}]}]},
                "Mapped": {"Fn::Equals": [{"Fn::FindInMap": ["M", {"Ref": "P"}, "K"]}, "x"]},
            },
            "Resources": {"Queue": {"Type": "AWS::SQS::Queue"}},
        }
    )

    assert re.findall("^- .*", part(text, "Resources", "site"), re.MULTILINE) == [
        "- `Empty`: `${P}` is empty.",
        "- `Given`: `${P}` is not empty.",
        "- `Both`: `Empty` and `Given`.",
        "- `Any`: `Empty` or not (`Given`).",
        "- `Mapped`: `K` of `${P}` in `M` is `x`.",
    ]


def test_table_escapes_bars_once() -> None:
    """A bar in a cell is escaped, but not twice."""
    assert table(["a"], [["x|y"], [r"x\|y"]]) == ["| a |", "|---|", r"| x\|y |", r"| x\|y |"]
