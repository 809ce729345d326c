"""GENEVE that nobody should send. None of it may end culvert, and none may vanish uncounted: a packet
comes back as it was, or a counter says why it did not."""

import socket
import struct
import time
import unittest
from dataclasses import dataclass

from lab import namespaces
from lab.case import CLIENT, SERVER, GatewayCase
from lab.gateway import APPLIANCE_ADDRESS
from lab.wire import ENTROPY_PORT, geneve, gwlb_options, ipv4, option, udp

GWLB = "10.9.0.1"
INNER = ipv4(CLIENT, SERVER, 17, udp(CLIENT, SERVER, 5000, 5001, b"inner payload"))
ETHERNET = bytes.fromhex("020000000001 020000000002 0800".replace(" ", ""))


def outer(payload: bytes, sum_: str = "none", **options) -> bytes:
    return ipv4(GWLB, APPLIANCE_ADDRESS, 17,
                udp(GWLB, APPLIANCE_ADDRESS, ENTROPY_PORT, 6081, payload, sum_), **options)


def vxlan(frame: bytes) -> bytes:
    return struct.pack(">II", 0x08000000, 42 << 8) + frame


@dataclass
class Row:
    name: str
    packet: bytes
    reason: str = ""  # counter below gwlb.malformed; empty: it comes back


ENI, ATTACHMENT, COOKIE = gwlb_options()
NESTED = ipv4(CLIENT, SERVER, 17, udp(CLIENT, SERVER, 4444, 6081, geneve(INNER)))
MIRRORED = ipv4(CLIENT, SERVER, 17, udp(CLIENT, SERVER, 65511, 4789, vxlan(ETHERNET + INNER)))
V6_NIBBLE = b"\x65" + INNER[1:]

ROWS = [
    Row("well-formed", outer(geneve(INNER))),
    # What is odd, but as good as any.
    Row("options in another order", outer(geneve(INNER, [COOKIE, ATTACHMENT, ENI]))),
    Row("an unknown option between the known",
        outer(geneve(INNER, [ENI, option(4, bytes(4)), ATTACHMENT, COOKIE]))),
    Row("UDP checksum right", outer(geneve(INNER), "right")),
    Row("inner shorter than the payload", outer(geneve(INNER + bytes(6)))),
    Row("two GENEVE layers", outer(geneve(NESTED))),
    Row("VXLAN inside", outer(geneve(MIRRORED))),
    Row("outer IP options", outer(geneve(INNER), options=b"\x01" * 4)),
    # What can not be what the load balancer sends.
    Row("version 1", outer(geneve(INNER, version=1)), "version"),
    Row("options beyond the packet", outer(geneve(b"", words=63)), "options_length"),
    Row("an option beyond the options",
        outer(geneve(INNER, [ENI, ATTACHMENT, option(3, bytes(4), words=9)])), "option_length"),
    Row("no options", outer(geneve(INNER, [])), "options_missing"),
    Row("outer fragment", outer(geneve(INNER), fragment=0x2000), "outer_fragment"),
    Row("later outer fragment", outer(geneve(INNER), fragment=0x0008), "outer_fragment"),
    Row("GENEVE header cut", outer(b"\x08\x00\x08"), "too_small"),
    Row("nothing after UDP", outer(b""), "too_small"),
    Row("control bit", outer(geneve(INNER, flags=0x80)), "control"),
    Row("inner version does not match", outer(geneve(V6_NIBBLE)), "inner_version"),
    Row("nothing inside", outer(geneve(b"")), "inner_missing"),
    Row("unknown protocol inside", outer(geneve(INNER, protocol=0x1234)), "inner_protocol"),
]
# Either is right, as long as it is counted when it does not come back.
EITHER = [
    ("unknown critical option",
     outer(geneve(INNER, [*gwlb_options(), option(0x80, bytes(4), group=1)]))),
    ("Ethernet inside", outer(geneve(ETHERNET + INNER, protocol=0x6558))),
    ("inner longer than the payload", outer(geneve(INNER[:-4]))),
    ("inner header cut", outer(geneve(INNER[:12]))),
    ("UDP checksum wrong", outer(geneve(INNER), "wrong")),
]


class Malformed(GatewayCase):
    rules = 'alert ip any any -> any any (msg:"never"; content:"never in here"; sid:1;)\n'
    emulated = False  # the test plays the load balancer

    def setUp(self) -> None:
        with namespaces.entered("gwlb"):
            self.sender = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
            self.receiver = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x0800))
        self.receiver.bind(("gwlb0", 0x0800))
        self.receiver.settimeout(0.3)
        # The system here must not answer "port unreachable" to what comes back.
        with namespaces.entered("gwlb"):
            self.sink = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sink.bind(("0.0.0.0", 6081))

    def tearDown(self) -> None:
        for end in (self.sender, self.receiver, self.sink):
            end.close()

    def exchange(self, packet: bytes, seconds: float = 5) -> bytes | None:
        """Sends it to culvert; what comes back of it, or the last that came if nothing equals it.

        What others left on the way may come first: it is passed over.
        """
        self.drain()
        self.sender.sendto(packet, (APPLIANCE_ADDRESS, 0))
        expected = self.expected(packet)
        last = None
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                data, address = self.receiver.recvfrom(65536)
            except TimeoutError:
                continue
            if address[2] != 4 and data[9] == 17 and data[12:16] == packet[16:20]:
                last = data
                if self.returned(data) == expected:
                    break
        return last

    def reasons_since(self, before: dict[str, float], wait: bool) -> dict[str, float]:
        """reasons() up to now; with `wait`, once there is one (or after five seconds)."""
        end = time.monotonic() + 5
        while not (reasons := self.reasons(before, self.counters())) and wait:
            if time.monotonic() > end:
                break
        return reasons

    @staticmethod
    def returned(packet: bytes) -> bytes:
        """What is compared: the outer addresses and all behind the outer IP header, whose
        identification and checksum are the sending system's here."""
        return packet[12:20] + packet[(packet[0] & 15) * 4:]

    @classmethod
    def expected(cls, sent: bytes) -> bytes:
        return cls.returned(sent[:12] + sent[16:20] + sent[12:16] + sent[20:])

    def drain(self) -> None:
        """Forgets what came back late."""
        self.receiver.setblocking(False)
        try:
            while self.receiver.recv(65536):
                pass
        except BlockingIOError:
            pass
        self.receiver.settimeout(0.3)

    def counters(self) -> dict[str, float]:
        time.sleep(0.1)
        return self.lab.metrics()

    @staticmethod
    def reasons(before: dict[str, float], after: dict[str, float]) -> dict[str, float]:
        """What went up of the counters of packets that do not come back, by the name's last part."""
        return {name.partition("{")[0]: after[name] - before.get(name, 0) for name in after
                if ("malformed" in name or "drop" in name) and after[name] > before.get(name, 0)}

    def assert_same(self, sent: bytes, returned: bytes, name: str) -> None:
        self.assertEqual(self.returned(returned), self.expected(sent), name)

    def test_table(self) -> None:
        for row in ROWS:
            with self.subTest(row.name):
                before = self.counters()
                returned = self.exchange(row.packet, 0.3 if row.reason else 5)
                reasons = self.reasons_since(before, wait=bool(row.reason))
                if row.reason:
                    self.assertIsNone(returned, "came back")
                    counted = [name for name in reasons if name.endswith(f"malformed_{row.reason}")
                               or name.endswith(f"malformed_{row.reason}_total")]
                    self.assertEqual([reasons[name] for name in counted], [1], reasons)
                else:
                    self.assertIsNotNone(returned, f"did not come back: {reasons}")
                    self.assert_same(row.packet, returned, row.name)
                    self.assertEqual(reasons, {})

    def test_either_way_it_is_counted(self) -> None:
        for name, packet in EITHER:
            with self.subTest(name):
                before = self.counters()
                returned = self.exchange(packet, 1)
                if returned is not None:
                    self.assert_same(packet, returned, name)
                else:
                    self.assertTrue(self.reasons_since(before, wait=True), "no counter says why")

    def test_any_cut_of_a_packet(self) -> None:
        payload = geneve(INNER)
        for size in range(len(payload)):
            self.sender.sendto(outer(payload[:size]), (APPLIANCE_ADDRESS, 0))
        self.assertIsNotNone(self.exchange(outer(geneve(INNER))), "does it still work?")

    def test_any_byte_changed(self) -> None:
        packet = bytearray(geneve(INNER))
        for at in range(len(packet)):
            for value in (0, 0xFF, packet[at] ^ 0x80, packet[at] ^ 1):
                changed = packet.copy()
                changed[at] = value
                self.sender.sendto(outer(bytes(changed)), (APPLIANCE_ADDRESS, 0))
        self.assertIsNotNone(self.exchange(outer(geneve(INNER))), "does it still work?")
        self.assertEqual(self.lab.health("/health/ready")[0], 200)

    def test_same_tuple_under_two_endpoints(self) -> None:
        for endpoint in (0xAAA, 0xBBB):
            packet = outer(geneve(INNER, gwlb_options(endpoint)))
            self.assert_same(packet, self.exchange(packet) or b"", "endpoint")

    def test_cookie_and_address_change_within_a_flow(self) -> None:
        for cookie, address in ((1, GWLB), (2, GWLB), (3, "10.9.0.2")):
            payload = udp(address, APPLIANCE_ADDRESS, ENTROPY_PORT, 6081,
                          geneve(INNER, gwlb_options(cookie=cookie)))
            packet = ipv4(address, APPLIANCE_ADDRESS, 17, payload)
            self.assert_same(packet, self.exchange(packet) or b"", "cookie")

    def test_later_fragment_first(self) -> None:
        whole = udp(CLIENT, SERVER, 5000, 5001, bytes(64))
        later = ipv4(CLIENT, SERVER, 17, whole[32:], fragment=4)
        first = ipv4(CLIENT, SERVER, 17, whole[:32], fragment=0x2000)
        packets = [outer(geneve(inner)) for inner in (later, first)]
        for packet in packets:
            self.sender.sendto(packet, (APPLIANCE_ADDRESS, 0))
        expected = {packet[20:] for packet in packets}
        returned = set()
        self.receiver.settimeout(5)
        try:
            while returned != expected:
                data, address = self.receiver.recvfrom(65536)
                if address[2] != 4 and data[9] == 17 and data[20:] in expected:
                    returned.add(data[20:])
        except TimeoutError:
            pass
        self.assertEqual(returned, expected)


if __name__ == "__main__":
    unittest.main()
