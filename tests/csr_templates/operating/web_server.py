"""A server that answers like the site and the API, on this machine."""

from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import NamedTuple


class Request(NamedTuple):
    """A request that was received; the names of its headers are in lower case."""

    path: str
    headers: Mapping[str, str]


class WebServer:
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

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                web.requests.append(Request(self.path, headers))
                self.send_response(web.status)
                for name, value in web.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(web.body.encode("utf-8"))

            def log_message(self, format: str, *args: object) -> None:
                """Print nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    @property
    def url(self) -> str:
        """Scheme, host and port."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def stop(self) -> None:
        """End it; the port then refuses connections."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
