"""culvert, asked for many captures while it loads its rules once (each_capture.c)."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

from records import Record, load

HERE = Path(__file__).parent


class Own:
    """Runs while in use; `read` gives its records of a capture.

    with Own(program, configuration, rules, arguments) as own:
        records = own.read(capture)
    """

    def __init__(self, program: Path, configuration: Path, rules: Path, arguments: list[str]) -> None:
        self.command = [str(program.resolve()), "-c", str(configuration.resolve()), "-S",
                        str(rules.resolve()), "-k", "none", "--runmode", "single", "-r", "capture",
                        "-l", ".", *arguments]

    def __enter__(self) -> Own:
        self.folder = tempfile.TemporaryDirectory(prefix="culvert-captures-")
        self.here = Path(self.folder.name)
        self.number = 0
        library = self.here / "each_capture.so"
        subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", str(library),
                        str(HERE / "each_capture.c")], check=True)
        (self.here / "capture").touch()  # it asks whether there is one
        self.log = (self.here / "log").open("w")
        self.process = subprocess.Popen(self.command, cwd=self.here, text=True, stderr=self.log,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        env=os.environ | {"LD_PRELOAD": str(library)})
        for line in self.process.stdout:
            if line == "ready\n":
                return self
        raise SystemExit("culvert does not start:\n" + (self.here / "log").read_text())

    def __exit__(self, *_: object) -> None:
        self.process.stdin.close()
        self.process.wait(60)
        self.log.close()
        self.folder.cleanup()

    def read(self, capture: Path) -> list[Record]:
        with tempfile.TemporaryDirectory(dir=self.here) as folder:
            (Path(folder) / "capture").symlink_to(capture.resolve())
            self.process.stdin.write(folder + "\n")
            self.process.stdin.flush()
            status = int(self.process.stdout.readline())
            if status == 0:
                return load(Path(folder) / "eve.json")
            said = (Path(folder) / "output").read_text(errors="replace")
        return [{"event_type": "unreadable", "error": f"wait status {status}", "line": said[-300:]}]
