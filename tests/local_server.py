"""A web server on this machine, for the time of a test."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


class Quiet:
    """Keeps a handler from logging its requests; the first base class."""

    def log_message(self, format: str, *args: object) -> None:
        """Print nothing."""


class LocalServer:
    """Serves at a free port until it is stopped."""

    def start(self, handler: type[BaseHTTPRequestHandler]) -> None:
        """Begin to serve.

        Args:
            handler: answers a request.
        """
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
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
