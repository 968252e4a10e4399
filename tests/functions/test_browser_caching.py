"""What browsers may keep."""

import pytest

from tests.functions.conftest import Runtime
from tests.functions.deployed import code

CODE = code("BrowserCachingFunction")
ONE_YEAR = "public, max-age=31536000, immutable"


@pytest.mark.parametrize(
    ("uri", "content_type", "sent", "expected"),
    [
        ("/_next/static/chunks/main-0123abcd.js", "application/javascript", None, ONE_YEAR),
        ("/static/media/logo.0123abcd.svg", "image/svg+xml", None, ONE_YEAR),
        ("/static/media/logo.0123abcd.svg", "image/svg+xml", "no-store", ONE_YEAR),
        ("/static/page.html", "text/html", None, ONE_YEAR),
        ("/index.html", "text/html", None, "no-cache"),
        ("/index.html", "text/html; charset=utf-8", None, "no-cache"),
        ("/index.html", "Text/HTML", "max-age=60", "no-cache"),
        ("/index.txt", "text/plain", None, "no-cache"),
        ("/favicon.ico", "image/x-icon", None, "no-cache"),
        ("/favicon.ico", "image/x-icon", "max-age=86400", "max-age=86400"),
        ("/no-type", None, None, "no-cache"),
        ("/users/_next/static/x.js", "application/javascript", None, "no-cache"),
        ("/staticfile.js", "application/javascript", None, "no-cache"),
    ],
)
def test_browser_caching(
    runtime: Runtime, uri: str, content_type: str | None, sent: str | None, expected: str
) -> None:
    """Hashed assets stay for a year; all else is asked for each time, or does as its upload says."""
    sent_headers = {"content-type": content_type, "cache-control": sent}
    headers = {name: value for name, value in sent_headers.items() if value is not None}

    response = runtime.response(CODE, uri, 200, headers)

    assert response["headers"]["cache-control"] == {"value": expected}


@pytest.mark.parametrize("status", [304, 206])
def test_other_successes_are_kept_as_long(runtime: Runtime, status: int) -> None:
    """A part of an asset, or the news that it has not changed, says the same as the asset."""
    response = runtime.response(CODE, "/_next/static/a.js", status)

    assert response["headers"] == {"cache-control": {"value": ONE_YEAR}}


@pytest.mark.parametrize("status", [400, 403, 404, 500, 503])
@pytest.mark.parametrize("uri", ["/_next/static/a.js", "/index.html"])
def test_errors_are_left_alone(runtime: Runtime, uri: str, status: int) -> None:
    """A missing file is never remembered: it may be there once the upload is complete."""
    response = runtime.response(CODE, uri, status, {"content-type": "application/xml"})

    assert response["headers"] == {"content-type": {"value": "application/xml"}}
