"""Network namespaces that vanish with the program that made them.

The program starts itself again within namespaces of its own for mounts, processes and the network,
so that names can not clash with the machine's, and the kernel ends and removes everything with it,
however it ends.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import subprocess
import sys
from collections.abc import Sequence

_INSIDE = "CULVERT_LAB"


def why_impossible() -> str:
    """Why this machine can not run it, or nothing."""
    if os.geteuid() != 0:
        return "needs root"
    if not os.path.exists("/dev/net/tun"):
        return "needs /dev/net/tun"
    if subprocess.run(["unshare", "--mount", "--net", "true"], capture_output=True).returncode != 0:
        return "needs the right to make namespaces"
    return ""


def enter() -> None:
    """Returns inside of namespaces of our own. The program begins anew for it."""
    if os.environ.get(_INSIDE) != "1":
        os.environ[_INSIDE] = "1"
        os.execvp("unshare", ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child",
                              "--mount-proc", sys.executable, *sys.argv])
    os.makedirs("/run/netns", exist_ok=True)
    run("mount", "-t", "tmpfs", "tmpfs", "/run/netns")


def run(*command: str, check: bool = True, **options) -> subprocess.CompletedProcess:
    result = subprocess.run(command, capture_output=True, text=True, **options)
    if check and result.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {result.stdout}{result.stderr}")
    return result


def add(name: str) -> None:
    """A namespace, with loopback up and no addresses of the kernel's own making."""
    run("ip", "netns", "add", name)
    run("ip", "-n", name, "link", "set", "lo", "up")
    inside(name, "sysctl", "-qw", "net.ipv6.conf.default.accept_dad=0",
           "net.ipv6.conf.default.addr_gen_mode=1", "net.ipv4.conf.all.rp_filter=0",
           "net.ipv4.conf.default.rp_filter=0")


def prefix(name: str) -> list[str]:
    """What to put before a command to run it in the namespace."""
    return ["ip", "netns", "exec", name]


def inside(name: str, *command: str, check: bool = True, **options) -> subprocess.CompletedProcess:
    return run(*prefix(name), *command, check=check, **options)


def add_veth(first: str, first_device: str, second: str, second_device: str, mtu: int) -> None:
    run("ip", "link", "add", first_device, "netns", first, "mtu", str(mtu), "type", "veth",
        "peer", "name", second_device, "mtu", str(mtu), "netns", second)
    for namespace, device in ((first, first_device), (second, second_device)):
        run("ip", "-n", namespace, "link", "set", device, "up")


def add_addresses(namespace: str, device: str, addresses: Sequence[str]) -> None:
    for address in addresses:
        flags = ["nodad"] if ":" in address else []
        run("ip", "-n", namespace, "addr", "add", address, "dev", device, *flags)


def add_route(namespace: str, network: str, device: str, source: str = "") -> None:
    run("ip", "-n", namespace, "route", "add", network, "dev", device,
        *(["src", source] if source else []))


def add_tun(namespace: str, device: str, mtu: int = 8500) -> None:
    """A TUN device that stays; everything that is not local is routed to it."""
    run("ip", "-n", namespace, "tuntap", "add", "dev", device, "mode", "tun")
    run("ip", "-n", namespace, "link", "set", device, "mtu", str(mtu), "up")
    run("ip", "-n", namespace, "route", "add", "default", "dev", device)
    run("ip", "-n", namespace, "-6", "route", "add", "default", "dev", device)


@contextlib.contextmanager
def entered(name: str):
    """The calling thread is in the namespace meanwhile; sockets made in it stay there."""
    libc = ctypes.CDLL(None, use_errno=True)

    def enter_file(namespace) -> None:
        if libc.setns(namespace.fileno(), 0x40000000) != 0:  # CLONE_NEWNET
            raise OSError(ctypes.get_errno(), "setns")

    with open("/proc/thread-self/ns/net") as home, open(f"/run/netns/{name}") as there:
        enter_file(there)
        try:
            yield
        finally:
            enter_file(home)


def remove_all() -> None:
    """Every namespace that was added, with its devices."""
    for line in run("ip", "netns", "list").stdout.splitlines():
        run("ip", "netns", "del", line.split()[0])
