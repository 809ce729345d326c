"""A Gateway Load Balancer (the emulator) and an appliance (culvert) behind it.

    client namespace -- TUN -- [ culvert gwlb run ]--- veth ---[ culvert run --gwlb ens5 ]
    internet namespace -- TUN --'   namespace gwlb                namespace appliance0 (1, ...)
"""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from . import namespaces

APPLIANCE_ADDRESS = "10.9.0.10"  # of the first
APPLIANCE_DEVICE = "ens5"
HEALTH_PORT = 8080
OUTER_MTU = 8600  # 8500 bytes of an inner packet, and 68 around it


def appliance_address(number: int) -> str:
    return f"10.9.0.{10 + number}"


@dataclass
class Endpoint:
    """An endpoint's id and the namespaces of its two sides; each gets a TUN device."""

    id: str
    client: str
    internet: str
    device: str = "gwlbe0"


@dataclass
class Gateway:
    program: Path
    folder: Path  # for logs, configuration, sockets
    endpoints: list[Endpoint]
    addresses: list[str] = field(default_factory=lambda: ["10.9.0.1", "10.9.0.2", "10.9.0.3"])
    settings: dict[str, str] = field(default_factory=dict)
    appliances: int = 1
    processes: dict[str, subprocess.Popen] = field(default_factory=dict)

    def build(self) -> None:
        """The namespaces and devices. Addresses of clients and servers are the caller's matter."""
        namespaces.add("gwlb")
        for number in range(self.appliances):
            here, there, device = "gwlb", f"appliance{number}", f"gwlb{number}"
            namespaces.add(there)
            namespaces.add_veth(here, device, there, APPLIANCE_DEVICE, OUTER_MTU)
            if number == 0:
                namespaces.add_addresses(here, device, [f"{a}/32" for a in self.addresses])
            namespaces.add_addresses(there, APPLIANCE_DEVICE, [f"{appliance_address(number)}/32"])
            namespaces.add_route(here, f"{appliance_address(number)}/32", device, self.addresses[0])
            for address in self.addresses:
                namespaces.add_route(there, f"{address}/32", APPLIANCE_DEVICE)
        for endpoint in self.endpoints:
            for namespace in (endpoint.client, endpoint.internet):
                namespaces.add(namespace)
                namespaces.add_tun(namespace, endpoint.device)

    def start(self, name: str, namespace: str, *command: str) -> subprocess.Popen:
        """A process whose output goes to NAME.log."""
        with open(self.folder / f"{name}.log", "w") as log:
            self.processes[name] = subprocess.Popen(
                [*namespaces.prefix(namespace), *command], stdout=log, stderr=log,
                stdin=subprocess.DEVNULL, cwd=self.folder)
        return self.processes[name]

    def start_culvert(self, rules: Path, *more: str, before: Sequence[str] = (),
                      number: int = 0) -> None:
        """Appliance `number`: process culvert0, logs in the folder itself, or for others in a
        folder culvertN below it."""
        logs = self.folder / f"culvert{number}" if number else self.folder
        logs.mkdir(exist_ok=True)
        self.start(f"culvert{number}", f"appliance{number}", *before, str(self.program), "run",
                   "--gwlb", APPLIANCE_DEVICE, "-S", str(rules), "-l", str(logs),
                   "--health", f"{appliance_address(number)}:{HEALTH_PORT}", *more)
        self.wait("culvert is ready", lambda: self.health("/health/ready", number)[0] == 200)

    def start_emulator(self) -> None:
        settings = {
            "control": str(self.control), "stats.file": str(self.folder / "gwlb.json"),
            "health-check.protocol": "http", "health-check.port": str(HEALTH_PORT),
            "health-check.path": "/health/ready", "health-check.interval": "500ms",
            "health-check.timeout": "400ms", "health-check.healthy-threshold": "2",
            "health-check.unhealthy-threshold": "2", **self.settings,
        }
        arguments = []
        for number in range(self.appliances):
            arguments += ["--target", appliance_address(number)]
        for address in self.addresses:
            arguments += ["--address", address]
        for endpoint in self.endpoints:
            arguments += ["--endpoint", f"{endpoint.id},client={endpoint.client}:{endpoint.device},"
                                        f"internet={endpoint.internet}:{endpoint.device}"]
        for key, value in settings.items():
            arguments += ["--set", f"{key}={value}"]
        self.start("gwlb", "gwlb", str(self.program), "gwlb", "run", *arguments)
        self.wait("the emulator answers", lambda: bool(self.command("stats")))
        if settings["health-check.protocol"] != "none":
            self.wait("the targets are healthy", lambda: all(
                target["health"] == "healthy" for target in self.statistics()["targets"]))

    @property
    def control(self) -> Path:
        return self.folder / "gwlb.sock"

    def command(self, line: str) -> str:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(self.control))
            connection.sendall(line.encode() + b"\n")
            answer = b""
            while data := connection.recv(65536):
                answer += data
        return answer.decode()

    def statistics(self) -> dict[str, Any]:
        return json.loads(self.command("stats"))

    def target(self, number: int = 0) -> dict[str, Any]:
        return self.statistics()["targets"][number]

    def health(self, path: str, number: int = 0) -> tuple[int, str]:
        """Status and text of culvert's answer; 0 when there is none."""
        script = ("import sys, urllib.request, urllib.error\n"
                  "try: answer = urllib.request.urlopen(sys.argv[1], timeout=2)\n"
                  "except urllib.error.HTTPError as error: answer = error\n"
                  "print(answer.status); print(answer.read().decode())")
        result = namespaces.inside(
            "gwlb", "python3", "-c", script, f"http://{appliance_address(number)}:{HEALTH_PORT}{path}",
            check=False)
        status, _, text = result.stdout.partition("\n")
        return (int(status), text) if result.returncode == 0 else (0, result.stderr)

    def metrics(self) -> dict[str, float]:
        """Prometheus samples by name, labels included."""
        samples = {}
        for line in self.health("/metrics")[1].splitlines():
            if line and not line.startswith("#"):
                name, _, value = line.rpartition(" ")
                samples[name] = float(value)
        return samples

    def events(self, kind: str | None = None) -> list[dict[str, Any]]:
        """EVE events so far, in order."""
        path = self.folder / "eve.json"
        if not path.exists():
            return []
        events = []
        for line in path.read_text().splitlines():
            try:
                events.append(json.loads(line))
            except json.JSONDecodeError:
                continue  # the line that is being written
        return [event for event in events if kind is None or event["event_type"] == kind]

    def wait(self, what: str, condition, seconds: float = 20) -> None:
        """Until the condition holds. One that can't connect (yet) does not hold."""
        def holds() -> bool:
            try:
                return condition()
            except OSError:
                return False

        end = time.monotonic() + seconds
        while not holds():
            for name, process in self.processes.items():
                if process.poll() is not None:
                    raise RuntimeError(f"{name} has ended with {process.returncode}:\n"
                                       + (self.folder / f"{name}.log").read_text()[-4000:])
            if time.monotonic() > end:
                raise RuntimeError(f"waited {seconds} s in vain until {what}; logs are in {self.folder}")
            time.sleep(0.05)

    def stop(self, name: str, seconds: float = 10) -> int:
        """Ends a process as an operator would; its exit status. SIGTERM would drain first."""
        process = self.processes.pop(name)
        # ip netns exec becomes the command: the signal goes to the program itself.
        process.send_signal(signal.SIGINT)
        try:
            return process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            raise RuntimeError(f"{name} did not end within {seconds} s") from None

    def kill(self, name: str) -> None:
        """Ends a process as a crash would."""
        process = self.processes.pop(name)
        process.kill()
        process.wait()

    def stop_all(self) -> None:
        for name in list(self.processes):
            self.kill(name)


def log_tail(folder: Path, name: str, lines: int = 20) -> str:
    path = folder / f"{name}.log"
    return "\n".join(path.read_text().splitlines()[-lines:]) if path.exists() else ""
