"""Two endpoints with the same addresses and ports never meet."""

import unittest

from lab import traffic
from lab.case import CLIENT, SERVER, GatewayCase
from lab.gateway import Endpoint

FIRST, SECOND = "vpce-00000000000000aaa", "vpce-00000000000000bbb"


class Tenants(GatewayCase):
    rules = """
drop tcp any any -> any 8100 (msg:"attack"; flow:established,to_server; content:"attack"; sid:1;)
"""
    endpoints = [Endpoint(FIRST, "client", "internet"), Endpoint(SECOND, "client2", "internet2")]

    def test_a_drop_in_one_does_not_cut_the_other(self) -> None:
        listeners = [traffic.listen(name, SERVER, 8100) for name in ("internet", "internet2")]
        first, second = (traffic.connect(listener, name, CLIENT, 40100)
                         for listener, name in zip(listeners, ("client", "client2")))
        self.assertTrue(first.carries(b"hello"))
        self.assertTrue(second.carries(b"hello"))
        self.assertFalse(first.carries(b"attack"))
        self.assertTrue(second.carries(b"all is well"))
        self.assertTrue(second.carries(b"here too", to_server=False))
        alert = self.wait_for_event("alert", lambda event: event["alert"]["signature_id"] == 1)
        self.assertEqual(alert["gwlb"]["endpoint"], FIRST)
        self.assertEqual(alert["alert"]["action"], "blocked")
        endpoints = {event["gwlb"]["endpoint"] for event in self.lab.events("alert")}
        self.assertEqual(endpoints, {FIRST})
        for connection in (first, second):
            connection.close()
        for listener in listeners:
            listener.close()

    def test_same_ports_at_the_same_time(self) -> None:
        servers = [traffic.udp_socket(name, SERVER, 7101) for name in ("internet", "internet2")]
        clients = [traffic.udp_socket(name, CLIENT, 40101) for name in ("client", "client2")]
        for client, text in zip(clients, (b"from one", b"from two")):
            client.sendto(text, (SERVER, 7101))
        self.assertEqual([server.recv(100) for server in servers], [b"from one", b"from two"])
        for end in (*servers, *clients):
            end.close()


if __name__ == "__main__":
    unittest.main()
