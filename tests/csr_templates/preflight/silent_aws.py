"""Servers on this machine in place of AWS: STS answers, and all others refuse, drop or never answer."""

import re
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Final

_IDENTITY: Final = """<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
<GetCallerIdentityResult><Arn>arn:aws:iam::123456789012:user/operator</Arn><UserId>A</UserId>
<Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>"""
_SCOPE: Final = re.compile(rb"Credential=[^/]+/[0-9]+/([a-z0-9-]+)/([a-z0-9-]+)/aws4_request")

Requests = Counter[tuple[str, str]]
"""Service and region of a signed request -> how often it was sent."""


class _Sts(BaseHTTPRequestHandler):
    """Answers each request as GetCallerIdentity does."""

    def do_POST(self) -> None:
        """Read the request, and answer."""
        self.rfile.read(int(self.headers["Content-Length"]))
        body = _IDENTITY.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Write nothing."""


@contextmanager
def sts() -> Iterator[str]:
    """Yield the address of a server that answers as STS."""
    with HTTPServer(("127.0.0.1", 0), _Sts) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@contextmanager
def refusing(requests: Requests) -> Iterator[str]:
    """Yield an address at which no program listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    yield f"http://127.0.0.1:{port}"


@contextmanager
def dropping(requests: Requests) -> Iterator[str]:
    """Yield the address of a server whose queue is full, so that Linux drops the packets of a connection."""
    with ExitStack() as stack:
        server = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(3):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(server.getsockname())
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


@contextmanager
def accepting(requests: Requests) -> Iterator[str]:
    """Yield the address of a server that reads requests, and never answers."""
    connections: list[socket.socket] = []

    def read(connection: socket.socket) -> None:
        with suppress(OSError):
            scope = _SCOPE.search(connection.recv(65_536))
            if scope:
                region, service = scope[1].decode(), scope[2].decode()
                requests[service, region] += 1

    def accept(server: socket.socket) -> None:
        with suppress(OSError):  # closed at the end
            while True:
                connection, _ = server.accept()
                connections.append(connection)
                threading.Thread(target=read, args=(connection,), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0), backlog=100) as server:
        threading.Thread(target=accept, args=(server,), daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"
        server.shutdown(socket.SHUT_RDWR)
    for connection in connections:
        connection.close()


SERVERS: Final[dict[str, Callable[[Requests], AbstractContextManager[str]]]] = {
    "refuse": refusing,
    "drop": dropping,
    "accept": accepting,
}
"""What all services but STS do -> the server that does it."""
