"""Packets byte by byte, right or wrong, for tests of what nobody should send."""

from __future__ import annotations

import socket
import struct

ENDPOINT = 0x123456789ABCDEF0
ENTROPY_PORT = 43210


def checksum(data: bytes) -> int:
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ipv4(source: str, destination: str, protocol: int, payload: bytes, *, fragment: int = 0,
         options: bytes = b"", total: int | None = None) -> bytes:
    words = 5 + len(options) // 4
    header = struct.pack(">BBHHHBBH4s4s", 0x40 | words, 0,
                         words * 4 + len(payload) if total is None else total, 0x4242, fragment, 64,
                         protocol, 0, socket.inet_aton(source), socket.inet_aton(destination))
    header += options
    value = checksum(header)
    return header[:10] + struct.pack(">H", value) + header[12:] + payload


def udp(source: str, destination: str, source_port: int, destination_port: int, payload: bytes,
        sum_: str = "none") -> bytes:
    """A UDP datagram; `sum_` is none, right or wrong."""
    header = struct.pack(">HHHH", source_port, destination_port, 8 + len(payload), 0)
    if sum_ == "none":
        return header + payload
    pseudo = (socket.inet_aton(source) + socket.inet_aton(destination)
              + struct.pack(">HH", 17, len(header) + len(payload)))
    value = checksum(pseudo + header + payload) or 0xFFFF
    if sum_ == "wrong":
        value ^= 0x5555
    return header[:6] + struct.pack(">H", value) + payload


def option(kind: int, data: bytes, *, group: int = 0x0108, words: int | None = None) -> bytes:
    return struct.pack(">HBB", group, kind, len(data) // 4 if words is None else words) + data


def gwlb_options(endpoint: int = ENDPOINT, cookie: int = 0xDEADBEEF) -> list[bytes]:
    """Endpoint, attachment, flow cookie."""
    return [option(1, struct.pack(">Q", endpoint)), option(2, struct.pack(">Q", 0x1111222233334444)),
            option(3, struct.pack(">I", cookie))]


def geneve(inner: bytes, options: list[bytes] | None = None, *, version: int = 0, flags: int = 0,
           protocol: int = 0x0800, words: int | None = None) -> bytes:
    area = b"".join(gwlb_options() if options is None else options)
    length = len(area) // 4 if words is None else words
    return struct.pack(">BBHI", version << 6 | length, flags, protocol, 0) + area + inner
