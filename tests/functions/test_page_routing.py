"""Which file a page's address leads to."""

import re
from pathlib import Path

import pytest

from tests.docs.pages import OPERATIONS, OPERATIONS_JA, in_each_language
from tests.functions.conftest import Runtime
from tests.functions.deployed import code

DIRECTORY = code("PageRoutingFunction", SiteRouting="directory")
SPA = code("PageRoutingFunction", SiteRouting="spa")


@pytest.mark.parametrize(
    ("uri", "directory", "spa"),
    [
        ("/", "/index.html", "/index.html"),
        ("/index.html", "/index.html", "/index.html"),
        ("/users", "/users/index.html", "/index.html"),
        ("/users/", "/users/index.html", "/index.html"),
        ("/users/7/edit", "/users/7/edit/index.html", "/index.html"),
        ("/users/index.html", "/users/index.html", "/users/index.html"),
        ("/users.html", "/users.html", "/users.html"),
        ("/favicon.ico", "/favicon.ico", "/favicon.ico"),
        ("/images/logo.min.svg", "/images/logo.min.svg", "/images/logo.min.svg"),
        ("/index.txt", "/index.txt", "/index.txt"),
        ("/v1.2/notes", "/v1.2/notes/index.html", "/index.html"),
        ("/v1.2/", "/v1.2/index.html", "/index.html"),
        ("/v1.2/app.js", "/v1.2/app.js", "/v1.2/app.js"),
        ("/end.", "/end./index.html", "/index.html"),
        ("/caf%C3%A9", "/caf%C3%A9/index.html", "/index.html"),
        ("/%E5%8C%97%E4%BA%AC/", "/%E5%8C%97%E4%BA%AC/index.html", "/index.html"),
        ("/a%2Fb", "/a%2Fb/index.html", "/index.html"),
        ("/a+b c", "/a+b c/index.html", "/index.html"),
        ("/.well-known/security.txt", "/.well-known/security.txt", "/.well-known/security.txt"),
        (
            "/.well-known/apple-app-site-association",
            "/.well-known/apple-app-site-association",
            "/.well-known/apple-app-site-association",
        ),
        ("/.well-known/", "/.well-known/", "/.well-known/"),
        ("/.well-known", "/.well-known", "/.well-known"),
        ("/.well-known-not", "/.well-known-not/index.html", "/index.html"),
        ("/a/.well-known/b", "/a/.well-known/b/index.html", "/index.html"),
        ("/api", "/api", "/api"),
        ("/apis", "/apis/index.html", "/index.html"),
        ("//example.com", "//example.com", "//example.com"),
        ("//example.com/", "//example.com/index.html", "/index.html"),
        ("/../x", "/../x/index.html", "/index.html"),
        ("", "/index.html", "/index.html"),
        ("*", "*/index.html", "/index.html"),
        ("/" + "a" * 8000, "/" + "a" * 8000 + "/index.html", "/index.html"),
        ("/." + ".a" * 4000 + "/", "/." + ".a" * 4000 + "/index.html", "/index.html"),
    ],
    ids=lambda uri: uri if len(uri) < 50 else f"{uri[:10]}...",
)
def test_page_routing(runtime: Runtime, uri: str, directory: str, spa: str) -> None:
    """An address that is no file leads to the page's own index.html, or to the one page of the site."""
    assert runtime.request(DIRECTORY, uri)["uri"] == directory
    assert runtime.request(SPA, uri)["uri"] == spa


@pytest.mark.parametrize("page", in_each_language(OPERATIONS, OPERATIONS_JA), ids=lambda page: page.name)
def test_table_of_addresses(runtime: Runtime, page: Path) -> None:
    """The operators' page says which file an address gets, in both languages."""
    text = page.read_text("utf-8")
    rows = re.findall(r"^\| `(/[^`]*)` \| `(/[^`]*)` \| `(/[^`]*)` \|$", text, re.MULTILINE)

    assert len(rows) == 6
    for uri, directory, spa in rows:
        assert runtime.request(DIRECTORY, uri)["uri"] == directory
        assert runtime.request(SPA, uri)["uri"] == spa


@pytest.mark.parametrize("code", [DIRECTORY, SPA], ids=["directory", "spa"])
def test_page_routing_changes_nothing_else(runtime: Runtime, code: str) -> None:
    """Headers, cookies and method stay as they came."""
    request = runtime.request(
        code, "/users", "a=1", {"accept": ["text/html", "*/*"], "host": "example.com"}, [("a", "b")]
    )

    assert request == {
        "method": "GET",
        "uri": request["uri"],
        "headers": {
            "accept": {"value": "*/*", "multiValue": [{"value": "text/html"}, {"value": "*/*"}]},
            "host": {"value": "example.com"},
        },
        "cookies": {"a": {"value": "b"}},
    }
