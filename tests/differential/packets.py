"""Packets as bytes, of every kind that the decoder knows."""

from __future__ import annotations

import random
import struct
from pathlib import Path

ETHERNET, PPP, RAW, HDLC, SLL, SLL2 = 1, 9, 101, 104, 113, 276


def checksum(data: bytes) -> int:
    data += bytes(len(data) % 2)
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def ethernet(ether_type: int, payload: bytes = b"") -> bytes:
    return bytes.fromhex("020000000002 020000000001") + struct.pack(">H", ether_type) + payload


def ipv4(protocol: int, payload: bytes = b"", options: bytes = b"", fragment: int = 0) -> bytes:
    options += bytes(-len(options) % 4)
    header = struct.pack(">BBHHHBBH", 0x45 + len(options) // 4, 0,
                         20 + len(options) + len(payload), 1, fragment, 64, protocol, 0)
    header += bytes([10, 0, 0, 1, 10, 0, 0, 2]) + options
    return header[:10] + struct.pack(">H", checksum(header)) + header[12:] + payload


def ipv6(next_header: int, payload: bytes = b"") -> bytes:
    net = bytes.fromhex("20010db8000000000000000000000000")
    return (struct.pack(">IHBB", 6 << 28, len(payload), next_header, 64) + net[:-1] + b"\1" +
            net[:-1] + b"\2" + payload)


def tcp(payload: bytes = b"", options: bytes = b"") -> bytes:
    options += bytes(-len(options) % 4)
    return struct.pack(">HHIIBBHHH", 1024, 80, 1, 1, (5 + len(options) // 4) << 4, 0x18, 1000, 0,
                       0) + options + payload


def udp(payload: bytes = b"", source: int = 1024, destination: int = 2048) -> bytes:
    return struct.pack(">HHHH", source, destination, 8 + len(payload), 0) + payload


def icmp(kind: int, code: int, payload: bytes = b"") -> bytes:
    return struct.pack(">BBHI", kind, code, 0, 0) + payload


def gre(protocol: int, payload: bytes, flags: int = 0, version: int = 0) -> bytes:
    return struct.pack(">BBH", flags, version, protocol) + payload


def vxlan(frame: bytes) -> bytes:
    return struct.pack(">II", 0x08000000, 5 << 8) + frame


def geneve(protocol: int, payload: bytes, options: bytes = b"") -> bytes:
    return struct.pack(">BBHI", len(options) // 4, 0, protocol, 9 << 8) + options + payload


def vlan(number: int, ether_type: int, payload: bytes) -> bytes:
    return struct.pack(">HH", number, ether_type) + payload


def mpls(labels: list[int], payload: bytes) -> bytes:
    entries = [label << 12 | 64 for label in labels]
    entries[-1] |= 0x100
    return struct.pack(f">{len(entries)}I", *entries) + payload


def extension(next_header: int, body: bytes) -> bytes:
    body += bytes(-(len(body) + 2) % 8)
    return bytes([next_header, (len(body) + 2) // 8 - 1]) + body


def fragment6(next_header: int, offset: int, more: bool, payload: bytes) -> bytes:
    return struct.pack(">BBHI", next_header, 0, offset | more, 5) + payload


def authentication(next_header: int) -> bytes:
    return struct.pack(">BBHII", next_header, 4, 0, 1, 1) + bytes(12)


def well_formed() -> dict[str, tuple[int, bytes]]:
    """Name to link type and packet."""
    t, u = tcp(b"abcd"), udp(b"abcd")
    in4, in6 = ipv4(6, t), ipv6(6, t)
    syn = bytes.fromhex("020405b4 01030307 0402 080a00000000 00000000")
    routes = bytes.fromhex("94040000 07070400000000 01 440c0501 0000000000000000")
    security = bytes.fromhex("820b000000000000000000 83070400000000 88040001")
    cipso = bytes.fromhex("860a 00000001 0104 0001 01 89070400000000 000000000000")
    erspan = bytes(3) + b"\1" + bytes.fromhex("1005000100000000") + ethernet(0x0800, in4)
    chain = (extension(60, bytes.fromhex("c20400000000")) +
             extension(43, b"\xc9\x10" + bytes(20)) + extension(51, bytes.fromhex("020000000000")) +
             authentication(60) + extension(58, bytes.fromhex("010400000000")) + icmp(128, 0))
    frames = {
        "tcp4": ethernet(0x0800, ipv4(6, tcp(b"abcd", syn))),
        "ip options": ethernet(0x0800, ipv4(17, u, routes)),
        "security options": ethernet(0x0800, ipv4(17, u, security)),
        "cipso": ethernet(0x0800, ipv4(17, u, cipso)),
        "udp4": ethernet(0x0800, ipv4(17, u)),
        "udp6": ethernet(0x86DD, ipv6(17, u)),
        "sctp": ethernet(0x0800, ipv4(132, b"\0\1\0\2" + bytes(20))),
        "esp": ethernet(0x0800, ipv4(50, bytes(20))),
        "icmp error": ethernet(0x0800, ipv4(1, icmp(3, 1, in4))),
        "icmp6 error": ethernet(0x86DD, ipv6(58, icmp(1, 1, in6))),
        "vlan": ethernet(0x8100, vlan(5, 0x0800, in4)),
        "vlan2": ethernet(0x88A8, vlan(5, 0x8100, vlan(6, 0x86DD, in6))),
        "vlan4": ethernet(0x88A8, vlan(5, 0x8100, vlan(6, 0x8100, vlan(7, 0x8100, vlan(8, 0x800, in4))))),
        "mpls": ethernet(0x8847, mpls([20], in4)),
        "mpls null": ethernet(0x8847, mpls([16, 2], in6)),
        "mpls ethernet": ethernet(0x8847, mpls([100], bytes(4) + ethernet(0x0800, in4))),
        "pppoe": ethernet(0x8864, bytes.fromhex("110000010040 0021") + in4),
        "pppoe discovery": ethernet(0x8863, bytes.fromhex("11090000000c 01010000 01030004") + b"abcd"),
        "vntag": ethernet(0x8926, bytes.fromhex("000000000800") + in4),
        "802.1ah": ethernet(0x88E7, bytes(16) + b"\x08\x00" + in4),
        "dce": ethernet(0x8903, bytes(2) + ethernet(0x0800, in4)),
        "nsh": ethernet(0x894F, bytes.fromhex("0fc60101") + bytes(20) + in4),
        "arp": ethernet(0x0806, bytes.fromhex("0001080006040001 020000000001 0a000001 000000000000 0a000002")),
        "gre": ethernet(0x0800, ipv4(47, gre(0x0800, in4))),
        "gre key": ethernet(0x0800, ipv4(47, gre(0x0800, bytes(12) + in4, 0xB0))),
        "gre route": ethernet(0x0800, ipv4(47, gre(
            0x0800, bytes.fromhex("00000000 08000004") + b"abcd" + bytes(4) + in4, 0x40))),
        "pptp": ethernet(0x0800, ipv4(47, gre(
            0x880B, bytes.fromhex("00200001 00000001 00000001 ff030021") + in4, 0x30, 0x81))),
        "ip in ip": ethernet(0x0800, ipv4(4, in4)),
        "6in4": ethernet(0x0800, ipv4(41, in6)),
        "4in6": ethernet(0x86DD, ipv6(4, in4)),
        "6in6": ethernet(0x86DD, ipv6(41, in6)),
        "vxlan": ethernet(0x0800, ipv4(17, udp(vxlan(ethernet(0x0800, in4)), 1024, 4789))),
        "geneve": ethernet(0x0800, ipv4(17, udp(
            geneve(0x6558, ethernet(0x0800, in4), bytes.fromhex("01080101") + b"abcd"), 1024, 6081))),
        "teredo": ethernet(0x0800, ipv4(17, udp(in6, 1024, 3544))),
        "erspan": ethernet(0x0800, ipv4(47, gre(0x88BE, erspan, 0x10))),
        "hop by hop": ethernet(0x86DD, ipv6(0, extension(6, bytes.fromhex("050200000100")) + t)),
        "routing": ethernet(0x86DD, ipv6(43, extension(17, b"\0\1" + bytes(20)) + u)),
        "chain": ethernet(0x86DD, ipv6(0, chain)),
        "atomic fragment": ethernet(0x86DD, ipv6(44, fragment6(17, 0, False, u))),
        "mobility": ethernet(0x86DD, ipv6(135, b"\x3b\0" + bytes(6))),
    }
    packets = {name: (ETHERNET, frame) for name, frame in frames.items()}
    packets["raw"] = (RAW, in4)
    packets["ppp"] = (PPP, bytes.fromhex("ff030021") + in4)
    packets["sll"] = (SLL, bytes.fromhex("000000010006") + bytes(8) + b"\x08\x00" + in4)
    packets["sll2"] = (SLL2, b"\x08\x00" + bytes(18) + in4)
    packets["hdlc"] = (HDLC, bytes.fromhex("0f000800") + in4)
    return packets


def variants(packet: bytes, seed: int, count: int) -> list[bytes]:
    """The packet, each of its fronts, each byte changed in a few ways, and `count` changed at random.
    What makes fragments is left out: they would meet those of other packets."""
    made = [packet] + [packet[:size] for size in range(len(packet))]
    for at in range(min(len(packet), 110)):
        for value in {0, 1, 2, 4, 8, 0x10, 0x20, 0x40, 0x80, 0xFF, packet[at] ^ 1}:
            made.append(packet[:at] + bytes([value]) + packet[at + 1:])
    chance = random.Random(seed)
    for _ in range(count):
        changed = bytearray(packet)
        for _ in range(chance.choice((2, 3, 5))):
            changed[chance.randrange(len(packet))] = chance.choice((*range(9), chance.randrange(256), 255))
        made.append(bytes(changed))
    return made


def write_capture(file: Path, link_type: int, packets: list[bytes]) -> None:
    with file.open("wb") as out:
        out.write(struct.pack("<IHHIIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, link_type))
        for number, packet in enumerate(packets):
            out.write(struct.pack("<IIII", 1600000000 + number // 1000, number % 1000 * 1000,
                                  len(packet), len(packet)) + packet)
