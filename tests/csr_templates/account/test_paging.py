"""Complete answers of operations for which boto3 has no paginator."""

from typing import Any, NamedTuple

import boto3
from botocore.stub import Stubber

from csr_templates.account.paging import complete, pages_by_marker


class Pages(NamedTuple):
    """A client with paged responses in the same form as CloudFront and WAF."""

    pages: dict[Any, dict[str, Any]]

    def call(self, **parameters: Any) -> dict[str, Any]:
        """Return a page."""
        return self.pages[parameters.get("Marker", parameters.get("NextMarker"))]


def test_responses_without_a_paginator_are_read_completely() -> None:
    """The marker of CloudFront is in the list. The marker of WAF is beside it, also after the last page."""
    cloudfront = Pages(
        {
            None: {"FunctionList": {"NextMarker": "2", "Items": [{"Name": "a"}]}},
            "2": {"FunctionList": {"Items": [{"Name": "b"}]}},
        }
    )
    waf = Pages(
        {
            None: {"NextMarker": "2", "WebACLs": [{"Name": "a"}]},
            "2": {"NextMarker": "3", "WebACLs": [{"Name": "b"}]},
            "3": {"NextMarker": "3", "WebACLs": []},
        }
    )

    assert pages_by_marker(cloudfront.call, "FunctionList.Items", {}) == {
        "FunctionList": {"Items": [{"Name": "a"}, {"Name": "b"}]}
    }
    assert pages_by_marker(waf.call, "WebACLs", {}) == {"WebACLs": [{"Name": "a"}, {"Name": "b"}]}


def test_a_function_of_lambda_is_paged_by_boto3() -> None:
    """Lambda and CloudFront have an operation of the same name; only CloudFront's has no paginator."""
    client = boto3.client("lambda", "us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
    first = {"Functions": [{"FunctionName": "a"}], "NextMarker": "2"}
    with Stubber(client) as stubber:
        stubber.add_response("list_functions", first, {})
        stubber.add_response("list_functions", {"Functions": [{"FunctionName": "b"}]}, {"Marker": "2"})
        answer = complete(client, "ListFunctions", {})

    assert [function["FunctionName"] for function in answer["Functions"]] == ["a", "b"]
