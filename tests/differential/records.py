"""EVE records of two programs, compared field by field."""

from __future__ import annotations

import collections
import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Record = dict[str, Any]

FREE_TO_DIFFER = {"flow_id", "parent_id"}
# Records of these types are made by time passing, not by a packet.
TIMELESS = {"flow", "netflow"}


def load(path: Path) -> list[Record]:
    records: list[Record] = []
    if path.exists():
        for line in path.read_text(errors="replace").splitlines():
            try:
                records.append(json.loads(line))
            except json.JSONDecodeError as error:
                records.append({"event_type": "unreadable", "error": str(error), "line": line})
    return records


def flatten(value: Any, path: str = "") -> Record:
    """{"a": {"b": [1]}} to {"a.b[0]": 1}; what is empty stays, as it is a thing to write."""
    if isinstance(value, dict) and value:
        out: Record = {}
        for key, inner in value.items():
            out |= flatten(inner, f"{path}.{key}" if path else key)
        return out
    if isinstance(value, list) and value:
        out = {}
        for index, inner in enumerate(value):
            out |= flatten(inner, f"{path}[{index}]")
        return out
    return {path: value}


def fields(record: Record) -> Record:
    if "flowbits" in (metadata := record.get("metadata", {})):  # in no order
        record = record | {"metadata": metadata | {"flowbits": sorted(metadata["flowbits"])}}
    flat = {k: v for k, v in flatten(record).items() if k not in FREE_TO_DIFFER}
    if record["event_type"] in TIMELESS or "pcap_cnt" not in record:
        flat.pop("timestamp", None)
    return flat


def identity(record: Record) -> tuple[Any, ...]:
    """What a record is about, but for its packet and its transaction."""
    kind = record["event_type"]
    own = record.get(kind) if isinstance(record.get(kind), dict) else {}
    ends = (record.get("src_ip"), record.get("src_port"), record.get("dest_ip"),
            record.get("dest_port"), record.get("proto"), record.get("icmp_type"))
    return (kind, ends, own.get("signature_id"), own.get("event"))


def transaction(record: Record) -> Any:
    own = record.get(record["event_type"])
    return record.get("tx_id", own.get("tx_id") if isinstance(own, dict) else None)


# Records of two programs with the same identity are held against each other: those of the same packet and
# transaction first, then of the same packet (numbers of transactions may be shifted), at last of any.
ROUNDS = (lambda r: (r.get("pcap_cnt"), transaction(r)),
          lambda r: r.get("pcap_cnt") or object(),
          transaction)


def best_of(record: Record, candidates: list[Record]) -> Record:
    """The candidate that has most fields in common; the first of those that have."""
    if len(candidates) == 1:
        return candidates[0]
    own = fields(record)
    return max(candidates[:64], key=lambda c: sum(own.get(k) == v for k, v in fields(c).items()))


def pair(ours: list[Record], theirs: list[Record]) -> Iterator[tuple[Record | None, Record | None]]:
    """Pairs of records that are not equal, None where one side has none."""
    count = collections.Counter(json.dumps(fields(r), sort_keys=True) for r in theirs)
    left = []
    for record in ours:
        key = json.dumps(fields(record), sort_keys=True)
        if count[key] > 0:
            count[key] -= 1
        else:
            left.append(record)
    waiting = []
    for record in theirs:
        key = json.dumps(fields(record), sort_keys=True)
        if count[key] > 0:
            count[key] -= 1
            waiting.append(record)
    for same in ROUNDS:
        index = collections.defaultdict(list)
        for record in waiting:
            index[identity(record), same(record)].append(record)
        still = []
        for record in left:
            candidates = index.get((identity(record), same(record)))
            if not candidates:
                still.append(record)
                continue
            best = best_of(record, candidates)
            del candidates[next(i for i, c in enumerate(candidates) if c is best)]
            yield record, best
        left = still
        waiting = [r for group in index.values() for r in group]
    for record in left:
        yield record, None
    for record in waiting:
        yield None, record


@dataclasses.dataclass
class Difference:
    """One field, or one record as a whole, in which the programs differ."""
    kind: str          # event_type
    what: str          # "tls.sni: missing", "record too many"
    capture: str
    record: Record     # the reference's, or ours where it has none
    ours: Any = None   # the field's values
    theirs: Any = None

    def place(self) -> str:
        sid = self.record.get("alert", {}).get("signature_id")
        return (f"{self.capture} #{self.record.get('pcap_cnt', '-')}"
                + (f" sid {sid}" if sid is not None else ""))

    def example(self) -> str:
        if self.theirs is None and self.ours is None:
            return json.dumps({k: v for k, v in self.record.items()
                               if k not in ("packet", "payload", "payload_printable")})
        return f"{self.ours!r} for {self.theirs!r}"


def compare(capture: str, ours: list[Record], theirs: list[Record]) -> Iterator[Difference]:
    events = {identity(r) for r in ours if r["event_type"] == "anomaly"}
    for mine, reference in pair(ours, theirs):
        if reference is None:
            assert mine is not None
            yield Difference(mine["event_type"], "record too many", capture, mine)
        elif mine is None:
            what = "event told again: missing" if identity(reference) in events else "record missing"
            yield Difference(reference["event_type"], what, capture, reference)
        else:
            kind, a, b = reference["event_type"], fields(mine), fields(reference)
            for path in sorted(a.keys() | b.keys()):
                general = path.split("[")[0]
                if path not in a:
                    yield Difference(kind, f"{general}: missing", capture, reference, None, b[path])
                elif path not in b:
                    yield Difference(kind, f"{general}: too many", capture, reference, a[path])
                elif a[path] != b[path]:
                    yield Difference(kind, f"{general}: differs", capture, reference, a[path],
                                     b[path])
