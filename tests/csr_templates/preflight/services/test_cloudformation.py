"""Stacks after a deploy: values that CloudFormation does not show, equal templates, and the wrong account."""

import json
import re
from typing import Any

from cfn_analysis.model.template_text import read_template

from .conftest import CUSTOM, environment_of, not_passed, verified
from .recorded_account import ACCOUNT, AwsError, RecordedAccount


def test_hidden_and_unreadable_parameter_values_are_not_different() -> None:
    """AWS returns asterisks for a NoEcho value, and question marks for characters that are not ASCII."""

    def change(query: Any, answer: Any) -> Any:
        if query.operation == "DescribeStacks":
            values = {"RunbookUrl": "https://example.com/?", "DatabaseName": "****"}
            for parameter in answer["Stacks"][0]["Parameters"]:
                if parameter["ParameterKey"] in values:
                    parameter["ParameterValue"] = values[parameter["ParameterKey"]]
        return answer

    environment = environment_of("prod", {**CUSTOM, "RunbookUrl": "https://example.com/当"})
    results = verified(RecordedAccount(environment, change), environment).results

    assert {result.status for result in results if result.check == "parameters"} == {"PASS"}


def test_many_different_parameters_are_counted() -> None:
    """The sentence names the first ones."""

    def change(query: Any, answer: Any) -> Any:
        if query.operation == "DescribeStacks":
            answer["Stacks"][0]["Parameters"] = []
        return answer

    environment = environment_of("dev")
    results = verified(RecordedAccount(environment, change), environment).results
    (found,) = [result for result in results if (result.check, result.stack) == ("parameters", "network")]

    assert re.search(
        r": AvailabilityZone1 \(missing instead of '[\w-]+'\), .+ and \d+ more\.$", found.sentence
    )


def test_a_template_passed_as_json_means_the_same() -> None:
    """Comments and the notation are not different, because no deploy could change them."""

    def change(query: Any, answer: Any) -> Any:
        if query.operation == "GetTemplate" and "frontend" in query.key:
            return {"TemplateBody": json.dumps(read_template(answer["TemplateBody"]))}
        if query.operation == "GetTemplate":
            return {"TemplateBody": f"# Another comment\n{answer['TemplateBody']}"}
        return answer

    environment = environment_of("prod", CUSTOM)
    results = verified(RecordedAccount(environment, change), environment).results
    sentences = [result.sentence for result in results if result.check == "template"]

    assert sentences == [
        f"The template of {stack.deployed_name} means the same as {stack.built.file}."
        for stack in environment.stacks
    ]
    assert not_passed(results) == []


def test_an_account_without_stacks_is_named_once() -> None:
    """It may be the wrong account; nothing else is asked of it, and nothing else is reported."""

    def change(query: Any, answer: Any) -> Any:
        raise AwsError("ValidationError" if query.operation == "DescribeStacks" else "AccessDenied")

    environment = environment_of("prod")
    account = RecordedAccount(environment, change)
    (result,) = verified(account, environment).results

    assert (result.status, result.check) == ("FAIL", "stack-state")
    assert result.sentence == (
        f"None of the {len(environment.stacks)} stacks of prod exists in account {ACCOUNT}. Is it the wrong "
        "account or role? The caller is arn."
    )
    assert {query.operation for query in account.asked} == {"DescribeStacks"}
