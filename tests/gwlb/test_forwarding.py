"""What passes comes out at the other side, whatever the load balancer does meanwhile."""

import unittest

from lab import namespaces, traffic
from lab.case import CLIENT, CLIENT_V6, SERVER, SERVER_V6, GatewayCase

RULES = """
drop udp any any -> any 9999 (msg:"never used here"; sid:1;)
"""


class Forwarding(GatewayCase):
    rules = RULES
    settings = {"spread": "direction"}

    def ping(self, address: str, *options: str) -> None:
        namespaces.inside("client", "ping", "-c", "2", "-i", "0.2", "-W", "2", *options, address)

    def carry(self, client: str, server: str, port: int) -> None:
        with traffic.listen("internet", server, port) as listener:
            connection = traffic.connect(listener, "client", client)
            self.assertTrue(connection.carries(b"x" * 200_000))
            self.assertTrue(connection.carries(b"y" * 200_000, to_server=False))
            connection.close()

    def test_v4(self) -> None:
        self.ping(SERVER)
        self.carry(CLIENT, SERVER, 8001)

    def test_v6(self) -> None:
        self.ping(SERVER_V6)
        self.carry(CLIENT_V6, SERVER_V6, 8002)

    def test_jumbo(self) -> None:
        self.ping(SERVER, "-M", "do", "-s", str(8500 - 28))
        self.ping(SERVER_V6, "-M", "do", "-s", str(8500 - 48))

    def test_fragments(self) -> None:
        self.ping(SERVER, "-s", "20000")
        self.ping(SERVER_V6, "-s", "20000")

    def test_fragmented_udp(self) -> None:
        with traffic.udp_socket("internet", SERVER, 7000) as server:
            with traffic.udp_socket("client", CLIENT) as client:
                payload = bytes(range(256)) * 100
                client.sendto(payload, (SERVER, 7000))
                self.assertEqual(server.recv(65536), payload)

    def test_cookie_and_address_change_within_a_connection(self) -> None:
        with traffic.listen("internet", SERVER, 8003) as listener:
            connection = traffic.connect(listener, "client", CLIENT)
            for command in ("change-cookies", "change-addresses", "change-cookies"):
                self.assertTrue(connection.carries(b"before " + command.encode()))
                self.assertEqual(self.lab.command(command), "ok\n")
                self.assertTrue(connection.carries(b"to the server " * 1000))
                self.assertTrue(connection.carries(b"to the client " * 1000, to_server=False))
            connection.close()

    def test_every_packet_from_another_address(self) -> None:
        # Set apart from the class's emulator: a second one can not share the devices.
        self.lab.stop("gwlb")
        self.lab.settings = {"spread": "packet", "udp-checksum": "none"}
        self.lab.start_emulator()
        self.carry(CLIENT, SERVER, 8004)
        self.ping(SERVER)


if __name__ == "__main__":
    unittest.main()
