"""Cache keys with and without the variables of the path, the user and the query string."""

from ..harness import frame, row

HEAD = """
Parameters:
  "On": {Type: String, Default: "true"}
  Proxy: {Type: String, Default: proxy}
Resources:
  Api: {Type: AWS::ApiGateway::RestApi}
"""

PARTS = {
    "Pets": "ParentId: !GetAtt Api.RootResourceId, PathPart: pets",
    "Pet": "ParentId: !Ref Pets, PathPart: '{id}'",
    "Proxy": "ParentId: !GetAtt Api.RootResourceId, PathPart: '{proxy}'",
    "Imported": "ParentId: !ImportValue parent, PathPart: '{proxy}'",
}

HEAD += "".join(
    f"  {name}: {{Type: AWS::ApiGateway::Resource, Properties: {{RestApiId: !Ref Api, {properties}}}}}\n"
    for name, properties in PARTS.items()
)

PROXY = "method.request.path.proxy"
ALL = "{ResourcePath: /*, HttpMethod: '*', CachingEnabled: true}"
ONE = "{ResourcePath: '/~1{proxy}', HttpMethod: GET, CachingEnabled: true}"
OFF = "{ResourcePath: '/~1{proxy}', HttpMethod: GET, CachingEnabled: false}"

api = frame(
    f"{HEAD}  Stage: {{Type: AWS::ApiGateway::Stage, <of_stage=> Properties: {{RestApiId: !Ref Api, "
    f"CacheClusterEnabled: <cluster=true>, MethodSettings: [<settings={ALL}>]}}}}\n"
    "  Method: {Type: AWS::ApiGateway::Method, <of_method=> Properties: {RestApiId: !Ref Api, "
    "ResourceId: <resource=!Ref Proxy>, HttpMethod: <verb=GET>, <integration>}}\n"
)

key = frame("Integration: {Type: MOCK, CacheKeyParameters: <parameters>}")

message = frame(
    "CacheKeyParameters is <found> on a method of <path=/{proxy}> that a stage caches: all its "
    "paths get the "
    f"same answer. Add <missing={PROXY}>, here and in RequestParameters."
)

NO_KEY = "Integration: {Type: MOCK}"


def case(text: str, path: str, expected: str) -> tuple[str, ...]:
    """A cached method that mixes up paths is found in its cache key."""
    place = "Resources/Method/Properties" + (f"/{path}" if path else "")
    return text, place, expected


USER = "method.request.header.Authorization"
COOKIE = "method.request.header.Cookie"
QUERY = "method.request.querystring.page"
WHOLE = "method.request.header.X-Cache-Key"
NO_USER = "without method.request.header.Authorization or .Cookie the answer for one user is given to others"

NO_QUERY = (
    "without method.request.querystring names, or a header that represents them, all query strings get the "
    "same answer"
)

proxy_api = frame("""
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


def proxy_key(*parameters: str) -> str:
    """Return the cache key parameters as a property."""
    return f"CacheKeyParameters: [{', '.join((PROXY, *parameters))}]"


proxy_case = row(
    proxy_api("<integration>"),
    "Resources/Get/Properties/Integration<path>",
    "CacheKeyParameters is <found> on a method of /{proxy+} that a stage caches: <lacks>. Add "
    "them, here and in RequestParameters, or do not cache the method.",
)

GOOD = {
    "proxy, user and query string": proxy_api(proxy_key(USER, QUERY)),
    "proxy, cookie and a header for the query string": proxy_api(proxy_key(COOKIE, WHOLE)),
    "proxy, several values": proxy_api(proxy_key("method.request.multivaluequerystring.tag", USER)),
    "proxy, If": proxy_api(
        f"CacheKeyParameters: !If [Switched, [{PROXY}, {USER}, {QUERY}], [{PROXY}, {COOKIE}, {WHOLE}]]"
    ),
    "proxy, one resource": proxy_api("CacheKeyParameters: [method.request.path.id]", "{id}"),
    "proxy, not cached": proxy_api("Type: MOCK", caching="false"),
    "key": api(key(f"[{PROXY}]")),
    "entry of its own": api(key(f"[{PROXY}]"), settings=ONE),
    "key that only AWS knows": api(key("[!ImportValue key]")),
    "list that only AWS knows": api(key("!Split [',', !ImportValue keys]")),
    "both branches": api(key(f"!If [Switched, [{PROXY}], [a, {PROXY}]]")),
    "item in both branches": api(key(f"[!If [Switched, {PROXY}, {PROXY}]]")),
    "no variable": api(NO_KEY, resource="!Ref Pets"),
    "root": api(NO_KEY, resource="!GetAtt Api.RootResourceId"),
    "path that only AWS knows": api(NO_KEY, resource="!Ref Imported"),
    "POST": api(NO_KEY, verb="POST"),
    "no cache": api(NO_KEY, cluster="false"),
    "not cached": api(NO_KEY, settings=ALL.replace("true", "false")),
    "switched off for the method": api(NO_KEY, settings=f"{ALL}, {OFF}"),
    "entry of another method": api(NO_KEY, settings=ONE, verb="ANY"),
    "caching never where there is a cache": api(
        NO_KEY,
        settings=ALL.replace("true", "!If [Switched, true, false]"),
        cluster="!If [Switched, false, true]",
    ),
    "never both": api(NO_KEY, of_stage="Condition: Switched,", of_method="Condition: NotSwitched,"),
    "key where it is cached": api(
        key(f"!If [Switched, [{PROXY}], []]"), settings=ALL.replace("true", "!If [Switched, true, false]")
    ),
}

BAD = {
    "proxy, no key": (
        proxy_api("Type: MOCK"),
        "Resources/Get/Properties/Integration",
        message("missing", path="/{proxy+}"),
        "Resources/Get/Properties/Integration",
        "CacheKeyParameters is missing on a method of /{proxy+} that a stage caches: "
        f"{NO_USER} and {NO_QUERY}. Add them, here and in RequestParameters, or do not cache the method.",
    ),
    "proxy, no query string": proxy_case(
        proxy_key(USER), "/CacheKeyParameters", f'["{PROXY}", "{USER}"]', NO_QUERY
    ),
    "proxy, no user": proxy_case(proxy_key(WHOLE), "/CacheKeyParameters", f'["{PROXY}", "{WHOLE}"]', NO_USER),
    "proxy, first branch": proxy_case(
        f"CacheKeyParameters: !If [Switched, [{PROXY}, {WHOLE}], [{PROXY}, {USER}, {QUERY}]]",
        "/CacheKeyParameters",
        f'["{PROXY}", "{WHOLE}"]',
        NO_USER,
    ),
    "no key": case(api(NO_KEY), "Integration", message("missing")),
    "no integration": case(api("OperationName: x"), "", message("missing")),
    "other key": case(
        api(key("[method.request.header.A]")),
        "Integration/CacheKeyParameters",
        message('["method.request.header.A"]'),
    ),
    "ANY": case(api(NO_KEY, verb="ANY"), "Integration", message("missing")),
    "entry of its own": case(api(NO_KEY, settings=ONE), "Integration", message("missing")),
    "plain path": case(api(NO_KEY, settings=ONE.replace("~1", "")), "Integration", message("missing")),
    "deeper path": case(
        api(NO_KEY, resource="!Ref Pet"),
        "Integration",
        message("missing", missing="method.request.path.id", path="/pets/{id}"),
    ),
    "If": case(api(NO_KEY, cluster="!If [Switched, true, false]"), "Integration", message("missing")),
    "item in one branch, under the condition of the method": case(
        api(key(f"[!If [Switched, !Ref AWS::NoValue, {PROXY}]]"), of_method="Condition: Switched,"),
        "Integration/CacheKeyParameters",
        message("[]"),
    ),
    "two stages are one finding": (
        api(NO_KEY)
        + (
            "  Stage2: {Type: AWS::ApiGateway::Stage, Properties: {RestApiId: !Ref Api, "
            f"CacheClusterEnabled: true, MethodSettings: [{ALL}]}}}}\n"
        ),
        "Resources/Method/Properties/Integration",
        message("missing"),
    ),
}
