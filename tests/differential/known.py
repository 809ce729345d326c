"""Differences from the reference that are known, each with its reason (docs/differences.md tells more)."""

from __future__ import annotations

import re

from records import Difference

# Text of the rules in use, by sid; `captures` fills it.
RULES: dict[int, str] = {}


def reason_of_alert(difference: Difference) -> str:
    """Of an alert that only one of the two has."""
    rule = RULES.get(difference.record["alert"]["signature_id"], "")
    if difference.what == "record missing" and difference.record.get("proto") in ("ICMP", "IPv6-ICMP") \
            and re.search(r"flow:[^;]*to_", rule):
        return "flow:to_server and to_client hold for ICMP too"
    if difference.what == "record missing" and " <> " in rule and \
            difference.record.get("src_port") == difference.record.get("dest_port"):
        return "a packet that a rule with <> is about both ways is one alert"
    return ""


def reason(difference: Difference) -> str:
    """Why the programs differ here; empty if that is not known."""
    record = difference.record
    anomaly = record.get("anomaly", {})
    names = {difference.kind.replace("_", "-"), record.get("app_proto"), anomaly.get("app_proto"),
             record.get("app_proto_tc"), record.get("app_proto_ts"), record.get("app_proto_orig")}
    if difference.what.startswith("ike.payload"):
        return "the reference lists payloads of IKEv1 in no order"
    if difference.what.startswith("alert.metadata.") and difference.what.endswith("too many"):
        return "in socket mode the reference reads rules before an output asks for their metadata"
    if difference.what == "event told again: missing":
        return "an event of a transaction is told once"
    if difference.what.startswith("tunnel.") and difference.what.endswith("too many"):
        return "culvert writes the tunnel into every record"
    if "doh2" in names:
        return "DNS over HTTP/2 is logged as HTTP/2"
    if difference.what == "flow.reason: differs" and {difference.ours, difference.theirs} == \
            {"timeout", "shutdown"}:
        return "flows expire by packet time"
    if difference.what in ("smb.id: differs", "tx_id: differs", "fileinfo.tx_id: differs") and \
            "smb" in names | {record.get("event_type")}:
        return "transactions of SMB have other numbers behind data of a pipe that is no DCE/RPC"
    if anomaly.get("app_proto") == "smb" and anomaly.get("event") == "malformed_data" and \
            difference.what == "record missing":
        return "data of a pipe that is no DCE/RPC is no malformed call"
    if difference.what == "pop3.response.data: missing":
        return "a record of POP3 has the first 2,048 lines"
    if difference.what == "fileinfo.sha256: too many":
        return "truncated files have a sha256"
    if difference.kind == "alert" and difference.what.startswith("record"):
        return reason_of_alert(difference)
    if difference.kind == "ftp_data" and difference.what.split(":")[0] in ("pcap_cnt", "timestamp"):
        return "ftp_data comes with the packet that ends the connection"
    return ""
