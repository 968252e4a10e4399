"""Error pages with and without an API."""

from ..harness import frame, row

HEAD = """
Parameters:
  Domain: {Type: String, Default: abc.execute-api.us-east-1.amazonaws.com}
  ApiId: {Type: String}
  Code: {Type: Number, Default: 404}
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


message = frame(
    "ResponsePagePath is <page> for the error <code><when=>: it applies to the whole distribution, so "
    "callers of the API origin api get this page<status> too. Remove it, and route pages by a "
    "CloudFront Function on the site's behavior."
)

case = row(
    distribution(f"[{PAGE}]", SITE, "<origin>"),
    "Resources/Site/Properties/DistributionConfig/CustomErrorResponses/0/ResponsePagePath",
    message('"/index.html"', "403", " with status 200"),
)

refuses = row(
    distribution("<pages>", SITE, API),
    "Resources/Site/Properties/DistributionConfig/CustomErrorResponses<path>",
    "<expected>",
)

GOOD = {
    "site alone": distribution(f"[{PAGE}]", SITE),
    "no page": distribution("[{ErrorCode: 404, ErrorCachingMinTTL: 0}]", SITE, API),
    "page for a server error that stays one": distribution(
        "[{ErrorCode: 503, ResponseCode: 503, ResponsePagePath: /sorry.html}]", SITE, API
    ),
    "who knows what domain": distribution(f"[{PAGE}]", "{Id: api, DomainName: api.example.com}"),
    "only AWS knows": distribution(f"[{PAGE}]", "{Id: api, DomainName: !ImportValue a}"),
    "never at once": distribution(
        f"!If [Routed, [{PAGE}], !Ref AWS::NoValue]", SITE, f"!If [Routed, !Ref AWS::NoValue, {API}]"
    ),
}

BAD = {
    "literal": case("{Id: api, DomainName: abc.execute-api.us-east-1.amazonaws.com}"),
    "parameter default": case("{Id: api, DomainName: !Ref Domain}"),
    "endpoint": case("{Id: api, DomainName: !Select [2, !Split ['/', !GetAtt HttpApi.ApiEndpoint]]}"),
    "function URL": case("{Id: api, DomainName: !Select [2, !Split ['/', !Sub '${Url.FunctionUrl}']]}"),
    "literal function URL": case("{Id: api, DomainName: abc.lambda-url.us-east-1.on.aws}"),
    "output of another stack": case(
        "{Id: api, DomainName: !Sub ['${Id}.execute-api.us-east-1.amazonaws.com', {Id: "
        "{'Fn::GetStackOutput': {StackName: a, OutputName: b}}}]}"
    ),
    "client error, code by default": refuses(
        "[{ErrorCode: !Ref Code, ResponseCode: 404, ResponsePagePath: /404.html}]",
        "/0/ResponsePagePath",
        message('"/404.html"', "404", " with status 404"),
    ),
    "server error as success": refuses(
        "[{ErrorCode: 404, ErrorCachingMinTTL: 0}, "
        "{ErrorCode: 500, ResponseCode: 200, ResponsePagePath: !Sub '/index.html'}]",
        "/1/ResponsePagePath",
        message('{"Fn::Sub": "/index.html"}', "500", " with status 200"),
    ),
    "pages of one branch": refuses(
        f"!If [Routed, !Ref AWS::NoValue, [{PAGE}]]",
        "",
        message('"/index.html"', "403", " with status 200", " when Routed is false"),
    ),
    "path of one branch": refuses(
        "[{ErrorCode: 403, ResponsePagePath: !If [Routed, /index.html, !Ref AWS::NoValue]}]",
        "/0/ResponsePagePath",
        message('"/index.html"', "403", "", " when Routed is true"),
    ),
}
