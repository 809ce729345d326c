"""The load balancer's health checks see what the data path does."""

import json
import unittest

from lab.case import GatewayCase


class Health(GatewayCase):
    rules = 'alert icmp any any -> any any (msg:"icmp"; sid:1;)\n'

    def test_ready_and_live_say_why(self) -> None:
        for path in ("/health/ready", "/health/live"):
            status, text = self.lab.health(path)
            self.assertEqual(status, 200, text)
            self.assertIsInstance(json.loads(text), dict)

    def test_metrics_are_prometheus_samples(self) -> None:
        self.assertGreater(len(self.lab.metrics()), 10)

    def test_a_target_that_ended_is_unhealthy(self) -> None:
        self.assertEqual(self.lab.target()["health"], "healthy")
        self.assertEqual(self.lab.stop("culvert0"), 0)
        self.lab.wait("the target is unhealthy", lambda: self.lab.target()["health"] == "unhealthy")
        self.lab.start_culvert(self.lab.folder / "test.rules")
        self.lab.wait("the target is healthy again", lambda: self.lab.target()["health"] == "healthy")


if __name__ == "__main__":
    unittest.main()
