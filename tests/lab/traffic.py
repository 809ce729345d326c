"""Sockets in namespaces, for tests that say what both ends of a connection do."""

from __future__ import annotations

import socket
from dataclasses import dataclass

from . import namespaces

PATIENCE = 2.0  # seconds until "nothing comes"


def family_of(address: str) -> int:
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def udp_socket(namespace: str, address: str, port: int = 0) -> socket.socket:
    with namespaces.entered(namespace):
        made = socket.socket(family_of(address), socket.SOCK_DGRAM)
    made.settimeout(PATIENCE)
    made.bind((address, port))
    return made


def listen(namespace: str, address: str, port: int) -> socket.socket:
    with namespaces.entered(namespace):
        made = socket.socket(family_of(address), socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.settimeout(PATIENCE)
    made.bind((address, port))
    made.listen()
    return made


@dataclass
class Connection:
    """Both ends of a TCP connection."""

    client: socket.socket
    server: socket.socket

    def close(self) -> None:
        self.client.close()
        self.server.close()

    def carries(self, text: bytes, to_server: bool = True) -> bool:
        """Whether what one end sends arrives at the other, whole."""
        sender, receiver = (self.client, self.server) if to_server else (self.server, self.client)
        received = b""
        try:
            sender.sendall(text)
            while len(received) < len(text) and (data := receiver.recv(65536)):
                received += data
        except OSError:
            return False
        return received == text

    def is_reset(self, end: socket.socket) -> bool:
        """Whether a RST has come, or comes soon."""
        try:
            while end.recv(65536):
                pass
        except ConnectionResetError:
            return True
        except OSError:
            pass
        return False


def connect(listener: socket.socket, namespace: str, address: str, port: int = 0) -> Connection:
    """From an address of a namespace to a listener, whose address is known there."""
    with namespaces.entered(namespace):
        client = socket.socket(listener.family, socket.SOCK_STREAM)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    client.settimeout(PATIENCE)
    client.bind((address, port))
    client.connect(listener.getsockname()[:2])
    server, _ = listener.accept()
    server.settimeout(PATIENCE)
    return Connection(client, server)
