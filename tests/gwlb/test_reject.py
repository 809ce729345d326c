"""reject: the ends are told, through the tunnel, with a header that the load balancer takes."""

import unittest

from lab import traffic
from lab.case import CLIENT, CLIENT_V6, SERVER, SERVER_V6, GatewayCase


class Reject(GatewayCase):
    rules = """
rejectboth tcp any any -> any 8200 (msg:"both"; flow:established,to_server; content:"forbidden"; sid:1;)
rejectsrc tcp any any -> any 8201 (msg:"source"; flow:established,to_server; content:"forbidden"; sid:2;)
rejectdst tcp any any -> any 8202 (msg:"destination"; flow:established,to_server; content:"forbidden"; sid:3;)
reject udp any any -> any 7200 (msg:"udp"; sid:4;)
"""

    def connection(self, port: int, client: str = CLIENT, server: str = SERVER):
        with traffic.listen("internet", server, port) as listener:
            return traffic.connect(listener, "client", client)

    def reject_both(self, connection) -> None:
        self.assertTrue(connection.carries(b"allowed"))
        connection.client.sendall(b"forbidden")
        self.assertTrue(connection.is_reset(connection.client), "client")
        self.assertTrue(connection.is_reset(connection.server), "server")
        connection.close()

    def test_both_ends(self) -> None:
        before = self.lab.statistics()["traffic"]["made_resets"]
        self.reject_both(self.connection(8200))
        self.assertGreaterEqual(self.lab.statistics()["traffic"]["made_resets"], before + 2)
        event = self.wait_for_event("alert", lambda event: event["alert"]["signature_id"] == 1)
        self.assertEqual(event["alert"]["action"], "blocked")

    def test_both_ends_v6(self) -> None:
        self.reject_both(self.connection(8200, CLIENT_V6, SERVER_V6))

    def test_after_cookie_and_address_changed(self) -> None:
        connection = self.connection(8200)
        self.assertTrue(connection.carries(b"with the first cookie"))
        self.lab.command("change-cookies")
        self.lab.command("change-addresses")
        self.reject_both(connection)

    def test_source_only(self) -> None:
        connection = self.connection(8201)
        connection.client.sendall(b"forbidden")
        self.assertTrue(connection.is_reset(connection.client))
        self.assertFalse(connection.is_reset(connection.server))
        connection.close()

    def test_destination_only(self) -> None:
        connection = self.connection(8202)
        connection.client.sendall(b"forbidden")
        self.assertTrue(connection.is_reset(connection.server))
        self.assertFalse(connection.is_reset(connection.client))
        connection.close()

    def test_udp_gets_icmp(self) -> None:
        for client_address, server_address in ((CLIENT, SERVER), (CLIENT_V6, SERVER_V6)):
            with traffic.udp_socket("client", client_address) as client:
                client.connect((server_address, 7200))
                client.send(b"anything")
                # A connected socket is told of an ICMP error.
                self.assertRaises((ConnectionRefusedError, OSError), client.recv, 100)
        self.assertGreaterEqual(self.lab.statistics()["traffic"]["made_icmp_errors"], 2)


if __name__ == "__main__":
    unittest.main()
