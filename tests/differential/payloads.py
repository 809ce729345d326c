"""Payloads of packets and streams of a capture, as plainly as can be: no fragments, no overlaps."""

from __future__ import annotations

import collections
import dataclasses
import struct
from collections.abc import Iterator
from pathlib import Path

LINK_HEADER = {1: 14, 0: 4, 101: 0, 12: 0, 113: 16, 228: 0, 229: 0}
TCP, UDP, ICMP, ICMP6 = 6, 17, 1, 58


@dataclasses.dataclass
class Packet:
    protocol: int
    ip: bytes              # from its IP header on
    transport: bytes       # from the TCP, UDP or ICMP header on
    payload: bytes
    ends: tuple[bytes, int, bytes, int]  # source, port, destination, port
    sequence: int = 0
    version: int = 4


def frames(path: Path) -> Iterator[tuple[int, bytes]]:
    """Link type and bytes of each packet of a pcap file (not pcapng)."""
    data = path.read_bytes()
    order = {b"\xd4\xc3\xb2\xa1": "<", b"\x4d\x3c\xb2\xa1": "<", b"\xa1\xb2\xc3\xd4": ">",
             b"\xa1\xb2\x3c\x4d": ">"}.get(data[:4])
    if order is None:
        return
    link, at = struct.unpack(order + "I", data[20:24])[0] & 0xFFFF, 24
    while at + 16 <= len(data):
        size = struct.unpack(order + "I", data[at + 8:at + 12])[0]
        yield link, data[at + 16:at + 16 + size]
        at += 16 + size


def decode(link: int, frame: bytes) -> Packet | None:
    if link not in LINK_HEADER:
        return None
    at = LINK_HEADER[link]
    if link == 1:
        while frame[at - 2:at] in (b"\x81\x00", b"\x88\xa8"):
            at += 4
        if frame[at - 2:at] not in (b"\x08\x00", b"\x86\xdd"):
            return None
    ip = frame[at:]
    if len(ip) >= 20 and ip[0] >> 4 == 4:
        if struct.unpack(">H", ip[6:8])[0] & 0x3FFF:
            return None
        ip = ip[:struct.unpack(">H", ip[2:4])[0] or None]
        protocol, source, destination = ip[9], ip[12:16], ip[16:20]
        transport = ip[(ip[0] & 15) * 4:]
    elif len(ip) >= 40 and ip[0] >> 4 == 6:
        ip = ip[:40 + struct.unpack(">H", ip[4:6])[0]]
        protocol, source, destination, transport = ip[6], ip[8:24], ip[24:40], ip[40:]
    else:
        return None
    version = ip[0] >> 4
    if protocol == TCP and len(transport) >= 20:
        ports = struct.unpack(">HH", transport[:4])
        return Packet(protocol, ip, transport, transport[(transport[12] >> 4) * 4:],
                      (source, ports[0], destination, ports[1]),
                      struct.unpack(">I", transport[4:8])[0], version)
    if protocol == UDP and len(transport) >= 8:
        ports = struct.unpack(">HH", transport[:4])
        return Packet(protocol, ip, transport, transport[8:],
                      (source, ports[0], destination, ports[1]), 0, version)
    if protocol in (ICMP, ICMP6) and len(transport) >= 8:
        return Packet(protocol, ip, transport, transport[8:], (source, 0, destination, 0), 0, version)
    return None


def packets(path: Path) -> list[Packet]:
    return [p for link, frame in frames(path) if (p := decode(link, frame)) is not None]


@dataclasses.dataclass
class Stream:
    """One direction of a TCP connection, and where its segments begin."""
    ends: tuple[bytes, int, bytes, int]
    data: bytes
    borders: list[int]


def streams(of: list[Packet]) -> list[Stream]:
    segments: dict[tuple[bytes, int, bytes, int], dict[int, bytes]] = collections.defaultdict(dict)
    for packet in of:
        if packet.protocol == TCP and packet.payload:
            segments[packet.ends].setdefault(packet.sequence, packet.payload)
    out = []
    for ends, parts in segments.items():
        first = min(parts)
        data, borders = b"", []
        for sequence in sorted(parts):
            if sequence != first + len(data):
                break
            borders.append(len(data))
            data += parts[sequence]
        out.append(Stream(ends, data, borders[1:]))
    return out
