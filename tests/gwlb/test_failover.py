"""Two appliances: what happens to connections when one fails, or is taken out."""

import unittest

from lab import namespaces, traffic
from lab.case import CLIENT, SERVER, GatewayCase


class Failover(GatewayCase):
    rules = 'alert icmp any any -> any any (msg:"icmp"; sid:1;)\n'
    appliances = 2
    # A connection that moves arrives mid-stream; by default such flows are dropped.
    arguments = ["--set", "stream.midstream=true"]
    settings = {"failover": "rebalance", "deregistration-delay": "1s"}

    def targets_with_flows(self) -> list[int]:
        return [number for number in range(2) if self.lab.target(number)["flows"] > 0]

    def connection_of(self, number: int, port: int) -> traffic.Connection:
        """A connection that goes through that appliance."""
        with traffic.listen("internet", SERVER, port) as listener:
            for _ in range(40):
                before = self.lab.target(number)["flows"]
                connection = traffic.connect(listener, "client", CLIENT)
                if self.lab.target(number)["flows"] > before:
                    return connection
                connection.close()
        self.fail("no connection goes there")

    def test_flows_spread(self) -> None:
        sockets = [traffic.udp_socket("client", CLIENT) for _ in range(20)]
        for client in sockets:
            client.sendto(b"x", (SERVER, 9))
            client.close()
        self.lab.wait("both have flows", lambda: self.targets_with_flows() == [0, 1], 3)

    def test_a_connection_outlives_its_appliance(self) -> None:
        connection = self.connection_of(1, 8301)
        self.assertTrue(connection.carries(b"through the second"))
        self.lab.kill("culvert1")
        self.addCleanup(self.restart, 1)
        self.lab.wait("it is unhealthy", lambda: self.lab.target(1)["health"] == "unhealthy")
        # The first appliance sees it from the middle only.
        self.assertTrue(connection.carries(b"through the first " * 1000))
        self.assertTrue(connection.carries(b"and back " * 1000, to_server=False))
        connection.close()

    def restart(self, number: int) -> None:
        self.lab.start_culvert(self.lab.folder / "test.rules", *self.arguments, number=number)
        self.lab.wait("it is healthy", lambda: self.lab.target(number)["health"] == "healthy")

    def test_draining(self) -> None:
        connection = self.connection_of(1, 8302)
        self.addCleanup(self.register_again)
        self.assertEqual(self.lab.command("deregister 10.9.0.11"), "ok\n")
        sent = self.lab.target(1)["sent_packets"]
        self.assertTrue(connection.carries(b"still through the second"))
        self.assertGreater(self.lab.target(1)["sent_packets"], sent)
        self.lab.wait("it is unused", lambda: self.lab.target(1)["registration"] == "unused", 5)
        self.assertTrue(connection.carries(b"through the first"))
        connection.close()

    def register_again(self) -> None:
        self.assertEqual(self.lab.command("register 10.9.0.11"), "ok\n")
        self.lab.wait("it is healthy", lambda: self.lab.target(1)["health"] == "healthy")


class Reset(GatewayCase):
    rules = Failover.rules
    settings = {"failover": "tcp_reset"}

    def test_connections_of_a_dead_appliance_are_reset(self) -> None:
        with traffic.listen("internet", SERVER, 8303) as listener:
            connection = traffic.connect(listener, "client", CLIENT)
        self.lab.kill("culvert0")
        self.addCleanup(self.lab.start_culvert, self.lab.folder / "test.rules")
        self.lab.wait("it is unhealthy", lambda: self.lab.target()["health"] == "unhealthy")
        connection.client.sendall(b"anyone there?")
        self.assertTrue(connection.is_reset(connection.client))
        # And fail open: all are unhealthy, so new flows still go to it.
        before = self.lab.target()["sent_packets"]
        namespaces.inside("client", "ping", "-c", "1", "-W", "1", SERVER, check=False)
        self.assertGreater(self.lab.target()["sent_packets"], before)
        connection.close()


if __name__ == "__main__":
    unittest.main()
