"""Cache keys of proxies with and without user and query string."""

from ..harness import frame, row

USER = "method.request.header.Authorization"
COOKIE = "method.request.header.Cookie"
QUERY = "method.request.querystring.page"
WHOLE = "method.request.header.X-Cache-Key"
NO_USER = "without method.request.header.Authorization or .Cookie the answer for one user is given to others"

NO_QUERY = (
    "without method.request.querystring names, or a header that represents them, all query strings get the "
    "same answer"
)

api = frame("""
Parameters:
  Header: {Type: String, Default: Authorization}
Resources:
  Api: {Type: AWS::ApiGateway::RestApi}
  Part: {Type: AWS::ApiGateway::Resource, Properties: {RestApiId: !Ref Api,
      ParentId: !GetAtt Api.RootResourceId, PathPart: '<part={proxy+}>'}}
  Stage: {Type: AWS::ApiGateway::Stage, Properties: {RestApiId: !Ref Api, CacheClusterEnabled: true,
      MethodSettings: [{ResourcePath: /*, HttpMethod: '*', CachingEnabled: <caching=true>}]}}
  Get: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref Api, ResourceId: !Ref Part,
      HttpMethod: GET, Integration: {<parameters>}}}
""")


def key(*parameters: str) -> str:
    """Return the cache key parameters as a property."""
    return f"CacheKeyParameters: [{', '.join(parameters)}]"


case = row(
    api("<integration>"),
    "Resources/Get/Properties/Integration<path>",
    "CacheKeyParameters is <found> on a method of /{proxy+} that a stage caches: <lacks>. Add "
    "them, here and in RequestParameters, or do not cache the method.",
)

GOOD = {
    "user and query string": api(key(USER, QUERY)),
    "cookie and a header for the query string": api(key(COOKIE, WHOLE)),
    "Sub": api(key("!Sub 'method.request.header.${Header}'", QUERY)),
    "several values": api(key("method.request.multivaluequerystring.tag", USER)),
    "If": api(f"CacheKeyParameters: !If [Switched, [{USER}, {QUERY}], [{COOKIE}, {WHOLE}]]"),
    "import": api("CacheKeyParameters: !Split [',', !ImportValue keys]"),
    "one resource": api("Type: MOCK", "{id}"),
    "not cached": api("Type: MOCK", caching="false"),
}

BAD = {
    "no key": case("Type: MOCK", "", "missing", f"{NO_USER} and {NO_QUERY}"),
    "no query string": case(key(USER), "/CacheKeyParameters", f'["{USER}"]', NO_QUERY),
    "no user": case(key(WHOLE), "/CacheKeyParameters", f'["{WHOLE}"]', NO_USER),
    "parameter default by Sub": case(
        key("!Sub 'method.request.header.${Header}'"), "/CacheKeyParameters", f'["{USER}"]', NO_QUERY
    ),
    "first branch": case(
        f"CacheKeyParameters: !If [Switched, [{WHOLE}], [{USER}, {QUERY}]]",
        "/CacheKeyParameters",
        f'["{WHOLE}"]',
        NO_USER,
    ),
    "second branch": case(
        f"CacheKeyParameters: !If [Switched, [{USER}, {QUERY}], [{USER}]]",
        "/CacheKeyParameters",
        f'["{USER}"]',
        NO_QUERY,
    ),
}
