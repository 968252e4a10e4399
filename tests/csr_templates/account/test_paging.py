"""Complete answers of operations for which boto3 has no paginator."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import boto3
import pytest
from botocore import xform_name
from botocore.stub import Stubber

from csr_templates.account import paging
from csr_templates.account.paging import complete, pages_by_marker
from csr_templates.hand_over.operator_policies import CALLS

_MARKERS = {"istruncated", "marker", "nextmarker", "nextrecordname", "nexttoken", "position"}
"""Keys of answers that name the next page, in lower case."""


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


def test_an_empty_page_is_not_the_end_of_the_versions_of_a_secret() -> None:
    """Secrets Manager gives a token for as long as pages follow."""
    client = boto3.client("secretsmanager", "us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
    with Stubber(client) as stubber:
        for page, token in (("", "2"), ("2", "3"), ("3", "")):
            given = {"SecretId": "s", **({"NextToken": page} if page else {})}
            versions = [{"VersionId": "1" * 32}] if page != "2" else []
            answer = {"Versions": versions, **({"NextToken": token} if token else {})}
            stubber.add_response("list_secret_version_ids", answer, given)
        answer = complete(client, "ListSecretVersionIds", {"SecretId": "s"})

    assert answer == {"Versions": [{"VersionId": "1" * 32}, {"VersionId": "1" * 32}]}


@pytest.mark.acceptance  # loads the models of all services
def test_every_call_is_read_to_its_end() -> None:
    """Each call of the commands whose answer has a marker of the next page is paged by boto3 or here."""
    unread = set()
    for operations_of_services in CALLS.values():
        for service, operations in operations_of_services.items():
            unread |= _unread(service, operations)

    assert unread == set()


def _unread(service: str, operations: Sequence[str]) -> set[str]:
    """Return the operations of a service of which only the first page is read."""
    client = boto3.client(service, "us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
    unread = set()
    for operation in operations:
        is_paged = client.can_paginate(xform_name(operation)) or operation in {*paging.LISTS, *paging.TOKENS}
        if not is_paged and _has_next_page(client.meta.service_model.operation_model(operation).output_shape):
            unread.add(f"{service} {operation}")
    return unread


def _has_next_page(shape: Any) -> bool:
    """Return whether an answer, or a structure in it, names the next page."""
    if shape is None:
        return False
    if _MARKERS & {name.lower() for name in shape.members}:
        return True
    inner = [member for member in shape.members.values() if member.type_name == "structure"]
    return any(_MARKERS & {name.lower() for name in member.members} for member in inner)
