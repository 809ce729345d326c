"""Writes small GeoIP databases in the MaxMind DB format, version 2.0.

A search tree over the bits of an address, each node two records of 24 bits: the next node, "nothing"
(the number of nodes), or a place in the data that follows the tree; then metadata. IPv4 addresses
are below ::/96, as in the databases that are sold.
"""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_RECORD_BITS = 24
_SEPARATOR = bytes(16)
_MARKER = b"\xab\xcd\xefMaxMind.com"
_STRING, _UINT16, _UINT32, _MAP, _UINT64, _ARRAY = 2, 5, 6, 7, 9, 11


class _Number(int):
    """An unsigned number of a given type, as the format has several."""

    def __new__(cls, value: int, kind: int) -> _Number:
        number = super().__new__(cls, value)
        number.kind = kind
        return number


def _control(kind: int, size: int) -> bytes:
    assert size < 29, "only short values are needed here"
    return bytes([size, kind - 7]) if kind > 7 else bytes([kind << 5 | size])


def _encode(value: Any) -> bytes:
    if isinstance(value, str):
        text = value.encode()
        return _control(_STRING, len(text)) + text
    if isinstance(value, _Number):
        digits = value.to_bytes((value.bit_length() + 7) // 8, "big")
        return _control(value.kind, len(digits)) + digits
    if isinstance(value, Mapping):
        return _control(_MAP, len(value)) + b"".join(
            _encode(key) + _encode(item) for key, item in value.items())
    if isinstance(value, list):
        return _control(_ARRAY, len(value)) + b"".join(map(_encode, value))
    raise TypeError(f"cannot encode {value!r}")


def write_country_database(path: Path, countries: Mapping[str, str]) -> None:
    """`countries`: networks in CIDR notation, and their ISO codes."""
    nodes: list[list[int | None]] = [[None, None]]
    data = b""
    places: dict[str, int] = {}
    leaves: dict[tuple[int, int], int] = {}
    for network_text, code in countries.items():
        network = ipaddress.ip_network(network_text)
        bits = f"{int(network.network_address):0128b}"
        length = network.prefixlen + (96 if network.version == 4 else 0)
        if code not in places:
            places[code] = len(data)
            data += _encode({"country": {"iso_code": code, "names": {"en": code}}})
        node = 0
        for bit in map(int, bits[:length - 1]):
            if nodes[node][bit] is None:
                nodes.append([None, None])
                nodes[node][bit] = len(nodes) - 1
            node = nodes[node][bit]
        leaves[node, int(bits[length - 1])] = places[code]

    tree = b""
    for number, node in enumerate(nodes):
        for bit, record in enumerate(node):
            if (number, bit) in leaves:
                record = len(nodes) + len(_SEPARATOR) + leaves[number, bit]
            tree += (len(nodes) if record is None else record).to_bytes(_RECORD_BITS // 8, "big")
    metadata = {
        "node_count": _Number(len(nodes), _UINT32),
        "record_size": _Number(_RECORD_BITS, _UINT16),
        "ip_version": _Number(6, _UINT16),
        "database_type": "culvert-demo-Country",
        "languages": ["en"],
        "binary_format_major_version": _Number(2, _UINT16),
        "binary_format_minor_version": _Number(0, _UINT16),
        "build_epoch": _Number(int(time.time()), _UINT64),
        "description": {"en": "made for a demo"},
    }
    path.write_bytes(tree + _SEPARATOR + data + _MARKER + _encode(metadata))
