"""The reference program (Suricata), asked over its control socket: rules load once for many captures."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from records import Record, load


def refused(output: str) -> set[int]:
    """Lines of the rule file that a program, by what it says, does not load."""
    return {int(n) for n in re.findall(r'error parsing signature "\w.*" from file .* at line (\d+)', output)}


class Reference:
    """Runs while in use; `read` gives its records of a capture.

    with Reference(program, configuration, rules) as reference:
        records = reference.read(capture)
    """

    def __init__(self, program: Path, configuration: Path, rules: Path, arguments: list[str],
                 start_limit: float = 300, capture_limit: float = 300) -> None:
        self.command = [str(program), "-c", str(configuration), "-S", str(rules), "-k", "none",
                        "--runmode", "single", *arguments]
        self.start_limit, self.capture_limit = start_limit, capture_limit

    def __enter__(self) -> Reference:
        self.folder = tempfile.TemporaryDirectory(prefix="culvert-reference-")
        self.here = Path(self.folder.name)
        path = self.here / "socket"
        self.output = (self.here / "output").open("w")
        self.process = subprocess.Popen(
            [*self.command, "-l", str(self.here), f"--unix-socket={path}"],
            stdout=self.output, stderr=subprocess.STDOUT)
        self.socket = socket.socket(socket.AF_UNIX)
        end = time.monotonic() + self.start_limit
        while True:
            try:
                self.socket.connect(str(path))
                break
            except OSError:
                if self.process.poll() is not None or time.monotonic() > end:
                    raise SystemExit("the reference does not start:\n"
                                     + (self.here / "output").read_text()) from None
                time.sleep(0.1)
        self.stream = self.socket.makefile("rw")
        self.ask({"version": "0.2"})
        self.number = 0
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            try:
                self.ask({"command": "shutdown"})
            except (OSError, ValueError):
                self.process.terminate()
            self.process.wait(60)
        self.output.close()
        self.folder.cleanup()

    def ask(self, message: Record) -> Any:
        self.stream.write(json.dumps(message) + "\n")
        self.stream.flush()
        answer = json.loads(self.stream.readline())
        if answer["return"] != "OK":
            raise ValueError(f"{message}: {answer}")
        return answer.get("message")

    def read(self, capture: Path) -> list[Record]:
        self.number += 1
        out = self.here / f"{self.number}"
        out.mkdir()
        self.ask({"command": "pcap-file",
                  "arguments": {"filename": str(capture), "output-dir": str(out)}})
        end = time.monotonic() + self.capture_limit
        # It takes a capture up, then works at it, then has none.
        while self.ask({"command": "pcap-file-number"}) or \
                self.ask({"command": "pcap-current"}) != "None":
            if time.monotonic() > end:
                raise ValueError(f"{capture}: no end")
            time.sleep(0.01)
        return load(out / "eve.json")


class Cache:
    """Records that the reference gave, on disk by the content of capture, rules and configuration."""

    def __init__(self, folder: Path, *given: Path | str) -> None:
        self.given = hashlib.sha256()
        for item in given:
            self.given.update(item.read_bytes() if isinstance(item, Path) else item.encode())
            self.given.update(b"\0")
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def path(self, capture: Path) -> Path:
        key = self.given.copy()
        key.update(capture.read_bytes())
        return self.folder / f"{key.hexdigest()[:32]}.json.gz"

    def get(self, capture: Path) -> list[Record] | None:
        path = self.path(capture)
        return json.loads(gzip.decompress(path.read_bytes())) if path.exists() else None

    def put(self, capture: Path, records: list[Record]) -> None:
        path = self.path(capture)
        made = path.with_suffix(f".{os.getpid()}")
        made.write_bytes(gzip.compress(json.dumps(records).encode(), 1))
        made.replace(path)


def find(paths: list[Path], only: str | None, largest: int) -> dict[Path, str]:
    """Captures below these paths, each content once, with a short name each."""
    seen: set[bytes] = set()
    found: dict[Path, str] = {}
    for path in paths:
        files = sorted(p for p in path.rglob("*") if re.search(r"\.(pcap|pcapng|cap)$", p.name)) \
            if path.is_dir() else [path]
        for file in files:
            name = "/".join(file.parts[-2:])
            if (only and not re.search(only, name)) or not file.is_file():
                continue
            content = file.read_bytes()
            digest = hashlib.sha256(content).digest()
            if digest not in seen and len(content) <= largest:
                seen.add(digest)
                found[file] = name
    return found


def refused_by(program: Path, configuration: Path, rules: Path, arguments: list[str],
               cache: Cache | None = None) -> set[int]:
    """Lines of the rule file that a program does not load."""
    kept = cache.folder / f"{cache.given.hexdigest()[:32]}.refused" if cache else None
    if kept and kept.exists():
        return set(json.loads(kept.read_text()))
    with tempfile.TemporaryDirectory(prefix="culvert-reference-") as folder:
        done = subprocess.run([str(program), "-T", "-c", str(configuration), "-S", str(rules), "-l",
                               folder, *arguments], capture_output=True, text=True, check=False,
                              errors="replace")
    lines = refused(done.stdout + done.stderr)
    if kept:
        kept.write_text(json.dumps(sorted(lines)))
    return lines


def ask(captures: dict[Path, str], program: Path, configuration: Path, rules: Path,
        arguments: list[str], cache_folder: Path) -> dict[Path, list[Record]]:
    """The reference's records of each capture, of those that it gets through."""
    cache = Cache(cache_folder, configuration, rules, *arguments)
    answers = {c: records for c in captures if (records := cache.get(c)) is not None}
    waiting = [c for c in captures if c not in answers]
    while waiting:
        with Reference(program, configuration, rules, arguments) as running:
            while waiting:
                capture = waiting.pop(0)
                try:
                    answers[capture] = running.read(capture)
                except (OSError, ValueError) as error:
                    print(f"reference: {captures[capture]}: {error}", file=sys.stderr)
                    break  # start it anew
                cache.put(capture, answers[capture])
                if len(answers) % 50 == 0:
                    print(f"reference: {len(answers)} of {len(captures)}", file=sys.stderr)
    return answers
