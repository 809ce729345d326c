"""Differences from the reference that are known, each with its reason (docs/differences.md tells more)."""

from __future__ import annotations

from records import Difference

# Protocols that the reference has a parser for, and culvert has none yet.
WITHOUT_PARSER = {"nfs", "dnp3", "ike", "enip", "modbus"}


def reason(difference: Difference) -> str:
    """Why the programs differ here; empty if that is not known."""
    record = difference.record
    anomaly = record.get("anomaly", {})
    names = {difference.kind.replace("_", "-"), record.get("app_proto"), anomaly.get("app_proto"),
             record.get("app_proto_tc"), record.get("app_proto_ts"), record.get("app_proto_orig")}
    if names & WITHOUT_PARSER:
        return "a protocol without parser"
    if difference.what.startswith("alert.metadata.") and difference.what.endswith("too many"):
        return "in socket mode the reference reads rules before an output asks for their metadata"
    if difference.what == "event told again: missing":
        return "an event of a transaction is told once"
    if difference.what.startswith("tunnel.") and difference.what.endswith("too many"):
        return "culvert writes the tunnel into every record"
    if difference.kind == "rule" and record["rule"].split()[1] in WITHOUT_PARSER:
        return "a protocol without parser"
    if "doh2" in names:
        return "DNS over HTTP/2 is logged as HTTP/2"
    if difference.what == "flow.reason: differs" and {difference.ours, difference.theirs} == \
            {"timeout", "shutdown"}:
        return "flows expire by packet time"
    if difference.kind == "ftp_data" and difference.what.split(":")[0] in ("pcap_cnt", "timestamp"):
        return "ftp_data comes with the packet that ends the connection"
    return ""
