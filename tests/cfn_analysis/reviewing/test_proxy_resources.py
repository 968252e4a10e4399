"""New resources of a REST API beside a proxy resource."""

from typing import Any

import pytest

from .templates import reviewed, risks

API = {"Ref": "Api"}
ROOT = {"Fn::GetAtt": ["Api", "RootResourceId"]}


def resource(path: str, parent: Any = ROOT) -> dict[str, Any]:
    """Return a resource of the API."""
    properties = {"RestApiId": API, "ParentId": parent, "PathPart": path}
    return {"Type": "AWS::ApiGateway::Resource", "Properties": properties}


def method(of: str, name: str) -> dict[str, Any]:
    """Return a method of a resource of the API."""
    properties = {
        "RestApiId": API,
        "ResourceId": {"Ref": of},
        "HttpMethod": name,
        "AuthorizationType": "NONE",
    }
    return {"Type": "AWS::ApiGateway::Method", "Properties": properties}


def api(**resources: Any) -> dict[str, Any]:
    """Return a template with the API and further resources."""
    return {
        "Resources": {"Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": "a"}}, **resources}
    }


def taken(proxy: list[str], present: list[str], **added: Any) -> list[str]:
    """Return the messages about interruptions if /orders is added with some methods beside {proxy+}."""
    before = {"Proxy": resource("{proxy+}"), "V1": resource("v1")}
    before |= {f"Proxy{name}": method("Proxy", name) for name in proxy}
    orders = added or {"Orders": resource("orders")}
    orders |= {f"Orders{name}": method("Orders", name) for name in present}
    messages = risks(reviewed(api(**before), api(**before, **orders)))
    return [message for (kind, *_), message in messages.items() if kind == "interruption"]


@pytest.mark.parametrize(
    ("proxy", "present", "methods"),
    [
        (["ANY"], ["POST"], "all methods except POST"),
        (["ANY", "GET"], ["GET", "POST"], "all methods except GET, POST"),
        (["ANY"], [], "all methods"),
        (["GET", "POST", "PUT"], ["POST"], "GET and PUT"),
    ],
)
def test_methods_that_only_the_proxy_resource_has_are_missing(
    proxy: list[str], present: list[str], methods: str
) -> None:
    """API Gateway does not fall back to the proxy resource."""
    assert taken(proxy, present) == [
        f"Orders takes /orders from Proxy: API Gateway then rejects {methods} there with 403. Add these "
        "methods, or ANY, to the new resource, unless no client uses them."
    ]


@pytest.mark.parametrize(
    ("proxy", "present"),
    [(["ANY"], ["ANY"]), (["POST"], ["POST", "GET"]), ([], ["POST"])],
)
def test_with_all_methods_nothing_is_taken(proxy: list[str], present: list[str]) -> None:
    """The requests only have another integration."""
    assert taken(proxy, present) == []


def test_another_place_takes_nothing() -> None:
    """A proxy resource stands for what is below its own parent, and is not compared with another one."""
    below = resource("orders", {"Ref": "V1"})

    assert taken(["ANY"], ["POST"], Orders=below) == []
    assert taken(["ANY"], ["POST"], Orders=resource("{rest+}", {"Ref": "V1"})) == []
