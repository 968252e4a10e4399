"""E9022 on error pages with and without an API."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from csr_templates.rules import ErrorPageBesideApi

if TYPE_CHECKING:
    from tests.rules.conftest import Judge

HEAD = """
Parameters:
  Domain: {Type: String, Default: abc.execute-api.us-east-1.amazonaws.com}
  ApiId: {Type: String}
  Code: {Type: Number, Default: 404}
Conditions:
  Routed: !Equals [!Ref AWS::AccountId, "111111111111"]
Resources:
  Bucket: {Type: AWS::S3::Bucket}
  HttpApi: {Type: AWS::ApiGatewayV2::Api}
  Url: {Type: AWS::Lambda::Url}
"""

SITE = "{Id: site, DomainName: !GetAtt Bucket.RegionalDomainName}"
API = "{Id: api, DomainName: !Sub '${ApiId}.execute-api.${AWS::Region}.amazonaws.com'}"
PAGE = "{ErrorCode: 403, ResponseCode: 200, ResponsePagePath: /index.html}"


def distribution(pages: str, *origins: str) -> str:
    """Return a template with one distribution of these error pages and origins."""
    return (
        f"{HEAD}  Site: {{Type: AWS::CloudFront::Distribution, Properties: {{DistributionConfig: "
        f"{{CustomErrorResponses: {pages}, Origins: [{', '.join(origins)}]}}}}}}\n"
    )


def message(page: str, code: str, status: str, when: str = "") -> str:
    """Return the message on one page."""
    return (
        f"ResponsePagePath is {page} for the error {code}{when}: it holds for the whole distribution, so "
        f"callers of the API origin api get this page{status} too. Remove it, and route pages by a "
        "CloudFront Function on the site's behavior."
    )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(distribution(f"[{PAGE}]", SITE), id="site alone"),
        pytest.param(distribution("[{ErrorCode: 404, ErrorCachingMinTTL: 0}]", SITE, API), id="no page"),
        pytest.param(
            distribution("[{ErrorCode: 503, ResponseCode: 503, ResponsePagePath: /sorry.html}]", SITE, API),
            id="page for a server error that stays one",
        ),
        pytest.param(
            distribution(f"[{PAGE}]", "{Id: api, DomainName: api.example.com}"), id="who knows what domain"
        ),
        pytest.param(distribution(f"[{PAGE}]", "{Id: api, DomainName: !ImportValue a}"), id="only AWS knows"),
        pytest.param(
            distribution(
                f"!If [Routed, [{PAGE}], !Ref AWS::NoValue]",
                SITE,
                f"!If [Routed, !Ref AWS::NoValue, {API}]",
            ),
            id="never at once",
        ),
    ],
)
def test_accepts(judge: Judge, text: str) -> None:
    """Error pages pass that no API's caller gets."""
    assert judge(ErrorPageBesideApi, text) == []


@pytest.mark.parametrize(
    "origin",
    [
        pytest.param(API, id="Sub"),
        pytest.param("{Id: api, DomainName: abc.execute-api.us-east-1.amazonaws.com}", id="literal"),
        pytest.param("{Id: api, DomainName: !Ref Domain}", id="parameter default"),
        pytest.param(
            "{Id: api, DomainName: !Join ['', [!Ref ApiId, '.execute-api.', !Ref AWS::Region, "
            "'.amazonaws.com']]}",
            id="Join",
        ),
        pytest.param(
            "{Id: api, DomainName: !Select [2, !Split ['/', !GetAtt HttpApi.ApiEndpoint]]}", id="endpoint"
        ),
        pytest.param(
            "{Id: api, DomainName: !Select [2, !Split ['/', !Sub '${Url.FunctionUrl}']]}", id="function URL"
        ),
        pytest.param("{Id: api, DomainName: abc.lambda-url.us-east-1.on.aws}", id="literal function URL"),
        pytest.param(
            "{Id: api, DomainName: !Sub ['${Id}.execute-api.us-east-1.amazonaws.com', {Id: "
            "{'Fn::GetStackOutput': {StackName: a, OutputName: b}}}]}",
            id="output of another stack",
        ),
    ],
)
def test_knows_the_addresses_of_apis(judge: Judge, origin: str) -> None:
    """An API is known by its address, however it is written."""
    assert judge(ErrorPageBesideApi, distribution(f"[{PAGE}]", SITE, origin)) == [
        (
            "Resources/Site/Properties/DistributionConfig/CustomErrorResponses/0/ResponsePagePath",
            message('"/index.html"', "403", " with status 200"),
        )
    ]


@pytest.mark.parametrize(
    ("pages", "path", "expected"),
    [
        pytest.param(
            "[{ErrorCode: !Ref Code, ResponseCode: 404, ResponsePagePath: /404.html}]",
            "/0/ResponsePagePath",
            message('"/404.html"', "404", " with status 404"),
            id="client error, code by default",
        ),
        pytest.param(
            "[{ErrorCode: 404, ErrorCachingMinTTL: 0}, "
            "{ErrorCode: 500, ResponseCode: 200, ResponsePagePath: !Sub '/index.html'}]",
            "/1/ResponsePagePath",
            message('{"Fn::Sub": "/index.html"}', "500", " with status 200"),
            id="server error as success",
        ),
        pytest.param(
            f"!If [Routed, !Ref AWS::NoValue, [{PAGE}]]",
            "",
            message('"/index.html"', "403", " with status 200", " when Routed is false"),
            id="pages of one branch",
        ),
        pytest.param(
            "[{ErrorCode: 403, ResponsePagePath: !If [Routed, /index.html, !Ref AWS::NoValue]}]",
            "/0/ResponsePagePath",
            message('"/index.html"', "403", "", " when Routed is true"),
            id="path of one branch",
        ),
    ],
)
def test_refuses(judge: Judge, pages: str, path: str, expected: str) -> None:
    """A page that callers of the API get is found."""
    assert judge(ErrorPageBesideApi, distribution(pages, SITE, API)) == [
        (f"Resources/Site/Properties/DistributionConfig/CustomErrorResponses{path}", expected)
    ]
