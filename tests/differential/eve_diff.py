#!/usr/bin/env python3
"""Compares the EVE records that two programs write for the same captures, field by field.

    eve_diff.py --program build/release/culvert --reference suricata [options] CAPTURE...

Both are called as `PROGRAM -r CAPTURE -l DIR -k none -S RULES`, with `-c` when --config is given. Records
are paired by type, addresses, packet number and transaction; what is left alone, and each field that
differs, is counted under a line such as

    tls  3 x  tls.sni: missing   e.g. tls/sni.pcap #4

Flow ids and the times of records that no packet made are not compared: they are free to differ. Exits
with 1 if anything differs. --keep holds the reference's records for the next time.
"""

import argparse
import collections
import concurrent.futures
import json
import pathlib
import subprocess
import sys
import tempfile

FREE_TO_DIFFER = {"flow_id", "parent_id"}
# Records of these types are made by time passing, not by a packet.
TIMELESS = {"flow", "netflow", "stats"}


def load(path):
    records = []
    if path.exists():
        for line in path.read_text(errors="replace").splitlines():
            try:
                records.append(json.loads(line))
            except json.JSONDecodeError as error:
                records.append({"event_type": "unreadable", "error": str(error), "line": line})
    return records


def run(command, log_dir, capture, args):
    log_dir.mkdir(parents=True, exist_ok=True)
    call = [*command.split(), "-r", str(capture), "-l", str(log_dir), "-k", "none"]
    call += ["-S", str(args.rules)]
    if args.config:
        call += ["-c", str(args.config)]
    for setting in args.set:
        call += ["--set", setting]
    done = subprocess.run(call, capture_output=True, text=True, timeout=args.timeout, check=False)
    if done.returncode != 0:
        print(f"{capture}: {call[0]} ended with {done.returncode}: {done.stderr[-300:]}")
    return load(log_dir / "eve.json")


def flatten(value, path=""):
    """{"a": {"b": [1]}} to {"a.b[0]": 1}; what is empty stays, as it is a thing to write."""
    if isinstance(value, dict) and value:
        out = {}
        for key, inner in value.items():
            out |= flatten(inner, f"{path}.{key}" if path else key)
        return out
    if isinstance(value, list) and value:
        out = {}
        for index, inner in enumerate(value):
            out |= flatten(inner, f"{path}[{index}]")
        return out
    return {path: value}


def fields(record):
    flat = {k: v for k, v in flatten(record).items() if k not in FREE_TO_DIFFER}
    if record["event_type"] in TIMELESS or "pcap_cnt" not in record:
        flat.pop("timestamp", None)
    return flat


def identity(record):
    kind = record["event_type"]
    own = record.get(kind) if isinstance(record.get(kind), dict) else {}
    ends = (record.get("src_ip"), record.get("src_port"), record.get("dest_ip"),
            record.get("dest_port"), record.get("proto"))
    detail = (record.get("tx_id", own.get("tx_id")), own.get("signature_id"), own.get("event"))
    return (kind, ends, detail)


def pair(ours, theirs):
    """Pairs of records, None where one side has none. Equal ones are not among them."""
    count = collections.Counter(json.dumps(fields(r), sort_keys=True) for r in theirs)
    left = []
    for record in ours:
        key = json.dumps(fields(record), sort_keys=True)
        if count[key] > 0:
            count[key] -= 1
        else:
            left.append(record)
    waiting = collections.defaultdict(list)
    for record in theirs:
        key = json.dumps(fields(record), sort_keys=True)
        if count[key] > 0:
            count[key] -= 1
            waiting[identity(record)].append(record)
    for record in left:
        candidates = waiting[identity(record)]
        # The one of the same packet, if there is one; else the first.
        best = next((c for c in candidates if c.get("pcap_cnt") == record.get("pcap_cnt")), None)
        if best is None and candidates:
            best = candidates[0]
        if best is not None:
            candidates.remove(best)
        yield record, best
    for candidates in waiting.values():
        for record in candidates:
            yield None, record


def compare(name, ours, theirs, findings):
    for mine, reference in pair(ours, theirs):
        kind = (mine or reference)["event_type"]
        place = f"{name} #{(mine or reference).get('pcap_cnt', '-')}"
        if mine is None:
            findings[(kind, "record missing")].append((place, json.dumps(reference)))
        elif reference is None:
            findings[(kind, "record too many")].append((place, json.dumps(mine)))
        else:
            a, b = fields(mine), fields(reference)
            for path in a.keys() | b.keys():
                general = path.split("[")[0]
                if path not in a:
                    findings[(kind, f"{general}: missing")].append((place, repr(b[path])))
                elif path not in b:
                    findings[(kind, f"{general}: too many")].append((place, repr(a[path])))
                elif a[path] != b[path]:
                    findings[(kind, f"{general}: differs")].append(
                        (place, f"{a[path]!r} for {b[path]!r}"))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("captures", nargs="+", type=pathlib.Path)
    parser.add_argument("--program", required=True)
    parser.add_argument("--reference", required=True)
    parser.add_argument("--rules", default="/dev/null")
    parser.add_argument("--config", type=pathlib.Path)
    parser.add_argument("--set", action="append", default=[])
    parser.add_argument("--types", help="event types to compare, with commas; else all but stats")
    parser.add_argument("--keep", type=pathlib.Path, help="folder for the reference's records")
    parser.add_argument("--examples", type=int, default=1)
    parser.add_argument("--timeout", type=float, default=120)
    parser.add_argument("--jobs", type=int, default=1)
    args = parser.parse_args()
    types = set(args.types.split(",")) if args.types else None

    def wanted(records):
        if types is None:
            return [r for r in records if r["event_type"] != "stats"]
        return [r for r in records if r["event_type"] in types]

    def both(capture):
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            kept = args.keep / str(capture).strip("/").replace("/", "_") if args.keep else None
            if kept and (kept / "eve.json").exists():
                theirs = load(kept / "eve.json")
            else:
                theirs = run(args.reference, kept or folder / "reference", capture, args)
            return wanted(run(args.program, folder / "program", capture, args)), wanted(theirs)

    findings = collections.defaultdict(list)
    records = 0
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        for capture, (ours, theirs) in zip(args.captures, pool.map(both, args.captures)):
            records += len(theirs)
            name = "/".join(capture.parts[-2:])
            compare(name, ours, theirs, findings)

    for (kind, what), places in sorted(findings.items(), key=lambda f: (f[0][0], -len(f[1]))):
        print(f"{kind:10} {len(places):5} x  {what}")
        for place, value in places[: args.examples]:
            print(f"                    e.g. {place}: {value[:400]}")
    print(f"{records} records of the reference in {len(args.captures)} captures, "
          f"{sum(map(len, findings.values()))} differences")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
