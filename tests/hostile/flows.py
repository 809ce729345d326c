"""Captures of made-up connections: what two ends say, cut into segments as wanted."""

from __future__ import annotations

import struct
from pathlib import Path

CLIENT, SERVER = bytes([10, 0, 0, 1]), bytes([10, 0, 0, 2])
ETHERNET = bytes.fromhex("020000000002 020000000001 0800")
SYN, ACK, PUSH, FIN = 2, 16, 8, 1


class Capture:
    """A pcap file being written. Checksums are left out: run with -k none."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb", buffering=1 << 20)
        self._file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
        self._microseconds = 0

    def close(self) -> None:
        self._file.close()

    def packet(self, source: bytes, destination: bytes, protocol: int, payload: bytes) -> None:
        self._microseconds += 10
        size = 34 + len(payload)
        self._file.write(struct.pack("<IIII", 1_700_000_000 + self._microseconds // 1_000_000,
                                     self._microseconds % 1_000_000, size, size))
        self._file.write(ETHERNET)
        self._file.write(struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), 1, 0x4000, 64,
                                     protocol, 0))
        self._file.write(source + destination + payload)

    def udp(self, payload: bytes, to_server: bool = True, port: int = 53,
            client_port: int = 40_000) -> None:
        ports = (client_port, port) if to_server else (port, client_port)
        ends = (CLIENT, SERVER) if to_server else (SERVER, CLIENT)
        self.packet(*ends, 17, struct.pack(">HHHH", *ports, 8 + len(payload), 0) + payload)


class Connection:
    """A TCP connection. Each segment is acknowledged at once, as inspection waits for that."""

    def __init__(self, capture: Capture, port: int, client_port: int = 40_000) -> None:
        self._capture = capture
        self._ports = (client_port, port)
        self._next = [1000, 2000]  # sequence number of the client, of the server
        self._send(0, SYN)
        self._next[0] += 1
        self._send(1, SYN | ACK)
        self._next[1] += 1
        self._send(0, ACK)

    def client(self, data: bytes, segment: int = 1400) -> None:
        self._say(0, data, segment)

    def server(self, data: bytes, segment: int = 1400) -> None:
        self._say(1, data, segment)

    def close(self) -> None:
        for side in (0, 1):
            self._send(side, FIN | ACK)
            self._next[side] += 1
        self._send(0, ACK)

    def _say(self, side: int, data: bytes, segment: int) -> None:
        for at in range(0, len(data), segment):
            piece = data[at:at + segment]
            self._send(side, PUSH | ACK, piece)
            self._next[side] = (self._next[side] + len(piece)) & 0xFFFFFFFF
            self._send(1 - side, ACK)

    def _send(self, side: int, flags: int, data: bytes = b"") -> None:
        ends = (CLIENT, SERVER) if side == 0 else (SERVER, CLIENT)
        ports = self._ports if side == 0 else self._ports[::-1]
        header = struct.pack(">HHIIBBHHH", *ports, self._next[side], self._next[1 - side], 0x50,
                             flags, 65535, 0, 0)
        self._capture.packet(*ends, 6, header + data)
