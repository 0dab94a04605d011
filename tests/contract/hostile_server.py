"""A raw loopback server for bad manners: what it sends is written byte by byte in the test."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from typing import Self

#: Gets the connected socket, after the request's head was read, and the head itself.
Act = Callable[[socket.socket, str], None]


class HostileServer:
    """One thread per connection; acts are taken in turn, the last one repeats. ``heads`` are the requests seen."""

    def __init__(self, *acts: Act | bytes, tls: ssl.SSLContext | None = None) -> None:
        self.heads: list[str] = []
        self.stopping = threading.Event()
        self._acts = list(acts)
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._threads = [threading.Thread(target=self._accept, daemon=True)]

    @property
    def netloc(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.netloc}"

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(5)

    def _accept(self) -> None:
        while not self.stopping.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            act = self._acts.pop(0) if len(self._acts) > 1 else self._acts[0]
            thread = threading.Thread(target=self._serve, args=(connection, act), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket, act: Act | bytes) -> None:
        connection.settimeout(5)
        with contextlib.suppress(OSError):
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
            head = b""
            while b"\r\n\r\n" not in head and (piece := connection.recv(65536)):
                head += piece
            self.heads.append(head.decode("latin-1"))
            if isinstance(act, bytes):
                connection.sendall(act)
            else:
                act(connection, self.heads[-1])
        with contextlib.suppress(OSError):
            connection.close()

    def drip(self, first: bytes, piece: bytes) -> Act:
        """Send ``first``, then ``piece`` again and again until the other side leaves or the test ends."""

        def act(connection: socket.socket, _head: str) -> None:
            connection.sendall(first)
            while not self.stopping.wait(0.02):
                connection.sendall(piece)

        return act

    def flood(self, first: bytes, piece: bytes) -> Act:
        """The same as fast as possible."""

        def act(connection: socket.socket, _head: str) -> None:
            connection.sendall(first)
            while not self.stopping.is_set():
                connection.sendall(piece)

        return act

    def silence(self, connection: socket.socket, _head: str) -> None:
        """Accept the request and never answer."""
        self.stopping.wait(30)


def reply(status: str = "200 OK", body: bytes = b"{}", *headers: str) -> bytes:
    """A complete answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def cut(_connection: socket.socket, _head: str) -> None:
    """Close without an answer."""


@contextlib.contextmanager
def hostile(*acts: Act | bytes, tls: ssl.SSLContext | None = None) -> Iterator[HostileServer]:
    with HostileServer(*acts, tls=tls) as server:
        yield server
