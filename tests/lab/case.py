"""What the end-to-end tests behind a load balancer have in common."""

from __future__ import annotations

import os
import shutil
import tempfile
import unittest
from pathlib import Path

from . import gateway, namespaces
from .gateway import Endpoint, Gateway

ENDPOINT = "vpce-0123456789abcdef0"
CLIENT, SERVER = "10.1.0.10", "198.51.100.10"
CLIENT_V6, SERVER_V6 = "2001:db8:1::10", "2001:db8:2::10"


class GatewayCase(unittest.TestCase):
    """One load balancer and one culvert for all tests of a class; no test may leave a violation."""

    rules = ""
    arguments: list[str] = []  # of culvert
    config = ""  # what follows %YAML 1.1; empty: the built-in defaults
    settings: dict[str, str] = {}  # of the emulator
    appliances = 1
    emulated = True  # whether the emulator runs
    endpoints = [Endpoint(ENDPOINT, "client", "internet")]
    lab: Gateway

    @classmethod
    def setUpClass(cls) -> None:
        folder = Path(tempfile.mkdtemp(prefix="culvert-gwlb-"))
        (folder / "test.rules").write_text(cls.rules)
        cls.lab = Gateway(Path(os.environ["CULVERT_PROGRAM"]).resolve(), folder, cls.endpoints,
                          settings=cls.settings, appliances=cls.appliances)
        more = list(cls.arguments)
        if cls.config:
            (folder / "test.yaml").write_text("%YAML 1.1\n---\n" + cls.config)
            more += ["-c", str(folder / "test.yaml")]
        try:
            cls.lab.build()
            for endpoint in cls.endpoints:
                namespaces.add_addresses(endpoint.client, endpoint.device,
                                         [f"{CLIENT}/32", f"{CLIENT_V6}/128"])
                namespaces.add_addresses(endpoint.internet, endpoint.device,
                                         [f"{SERVER}/32", f"{SERVER_V6}/128"])
            for number in range(cls.appliances):
                cls.lab.start_culvert(folder / "test.rules", *more, number=number)
            if cls.emulated:
                cls.lab.start_emulator()
        except BaseException:
            cls.tear_down_lab()
            raise

    @classmethod
    def tearDownClass(cls) -> None:
        try:
            statuses = {name: cls.lab.stop(name) for name in list(cls.lab.processes)}
            if any(statuses.values()):
                raise RuntimeError(f"exit statuses {statuses}\n"
                                   + gateway.log_tail(cls.lab.folder, "culvert0", 60))
        finally:
            cls.tear_down_lab()

    @classmethod
    def tear_down_lab(cls) -> None:
        cls.lab.stop_all()
        namespaces.remove_all()
        shutil.rmtree(cls.lab.folder, ignore_errors=True)

    def tearDown(self) -> None:
        statistics = self.lab.statistics()
        self.assertEqual({name: count for name, count in statistics["violations"].items() if count},
                         {}, statistics["violation_notes"])

    def wait_for_event(self, kind: str, matches=lambda event: True) -> dict:
        found: list[dict] = []

        def is_there() -> bool:
            found[:] = [event for event in self.lab.events(kind) if matches(event)]
            return bool(found)

        self.lab.wait(f"there is a matching {kind} event", is_there, 5)
        return found[0]
