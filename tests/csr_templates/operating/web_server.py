"""A server that answers like the site and the API, on this machine."""

from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler
from typing import NamedTuple

from tests.local_server import LocalServer, Quiet


class Request(NamedTuple):
    """A request that was received; the names of its headers are in lower case."""

    path: str
    headers: Mapping[str, str]


class WebServer(LocalServer):
    """A server for GET.

    Attributes:
        status: that of each response.
        headers: name -> value.
        body: content.
        requests: what was received.
    """

    def __init__(self) -> None:
        self.status = 200
        self.headers = {"x-cache": "Miss from cloudfront"}
        self.body = "<html>"
        self.requests: list[Request] = []
        web = self

        class Handler(Quiet, BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                web.requests.append(Request(self.path, headers))
                self.send_response(web.status)
                for name, value in web.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(web.body.encode("utf-8"))

        self.start(Handler)
