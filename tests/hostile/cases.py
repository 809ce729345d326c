"""Connections made to exhaust whoever parses them. Each case writes its capture and says which events
have to come of it, how much work it is, and which options it needs."""

from __future__ import annotations

import ctypes
import gzip
import lzma
import random
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from flows import Capture, Connection

MEGA = 1_000_000
GET = b"GET /a HTTP/1.1\r\nHost: a.example\r\n"
OK = b"HTTP/1.1 200 OK\r\n"


@dataclass(frozen=True)
class Case:
    name: str
    write: Callable[[Capture], None]
    events: tuple[str, ...]  # of which one has to be told as an anomaly
    seconds: float = 3.0  # CPU time
    memory: int = 48  # MB beyond what a run on nothing takes


CASES: list[Case] = []


def case(*events: str, seconds: float = 3.0, memory: int = 48):  # noqa: ANN201
    def add(write: Callable[[Capture], None]) -> Callable[[Capture], None]:
        CASES.append(Case(write.__name__, write, events, seconds, memory))
        return write
    return add


def response(capture: Capture, head: bytes, body: bytes, segment: int = 1400) -> None:
    connection = Connection(capture, 80)
    connection.client(GET + b"\r\n")
    connection.server(OK + head + b"Content-Length: %d\r\n\r\n" % len(body))
    connection.server(body, segment)
    connection.close()


# ------------------------------------------------------------------------------- compression

def zeros_deflate(megabytes: int) -> bytes:
    """Raw deflate: one flushed block of a million zeros, over and over."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(bytes(MEGA)) + packer.flush(zlib.Z_FULL_FLUSH)
    return block * megabytes + b"\x03\x00"


def zeros_gzip(megabytes: int) -> bytes:
    return bytes.fromhex("1f8b0800000000000003") + zeros_deflate(megabytes) + bytes(8)


def zeros_brotli(megabytes: int) -> bytes:
    library = ctypes.CDLL("libbrotlienc.so.1")
    data = bytes(megabytes * MEGA)
    size = ctypes.c_size_t(1 << 20)
    out = ctypes.create_string_buffer(1 << 20)
    # quality, window and mode of the library's generic default, at its quickest
    if not library.BrotliEncoderCompress(5, 22, 0, ctypes.c_size_t(len(data)), data,
                                         ctypes.byref(size), out):
        raise RuntimeError("brotli")
    return out.raw[:size.value]


@case("compression_bomb")
def gzip_bomb(capture: Capture) -> None:
    response(capture, b"Content-Encoding: gzip\r\n", zeros_gzip(300))


@case("compression_bomb")
def gzip_in_gzip(capture: Capture) -> None:
    response(capture, b"Content-Encoding: gzip, gzip\r\n", gzip.compress(zeros_gzip(300)))


@case("compression_bomb")
def deflate_bomb(capture: Capture) -> None:
    response(capture, b"Content-Encoding: deflate\r\n", b"\x78\x9c" + zeros_deflate(300) + bytes(4))


@case("compression_bomb")
def brotli_bomb(capture: Capture) -> None:
    response(capture, b"Content-Encoding: br\r\n", zeros_brotli(50))


@case("compression_bomb")
def lzma_bomb(capture: Capture) -> None:
    filters = [{"id": lzma.FILTER_LZMA1, "dict_size": 4096}]
    body = lzma.compress(bytes(20 * MEGA), format=lzma.FORMAT_ALONE, filters=filters)
    response(capture, b"Content-Encoding: lzma\r\n", body)


@case("lzma_memlimit_reached")
def lzma_with_a_dictionary_of_4_gigabytes(capture: Capture) -> None:
    # It refers back to what a dictionary of the size that we allow does not hold.
    far = random.Random(1).randbytes(1_200_000)
    filters = [{"id": lzma.FILTER_LZMA1, "dict_size": 1 << 22, "mode": lzma.MODE_FAST}]
    body = bytearray(lzma.compress(far + far, format=lzma.FORMAT_ALONE, filters=filters))
    body[1:5] = b"\xff\xff\xff\xff"
    response(capture, b"Content-Encoding: lzma\r\n", bytes(body))


@case("too_many_encoding_layers")
def stacked_encodings(capture: Capture) -> None:
    body = zeros_gzip(20)
    for _ in range(50):
        body = gzip.compress(body)
    response(capture, b"Content-Encoding: " + b", ".join([b"gzip"] * 51) + b"\r\n", body)


@case("compression_bomb_limit_reached", "compression_bomb")
def many_bombs_in_one_connection(capture: Capture) -> None:
    body = gzip.compress(zeros_gzip(50))
    connection = Connection(capture, 80)
    for _ in range(40):
        connection.client(GET + b"\r\n")
        connection.server(OK + b"Content-Encoding: gzip, gzip\r\nContent-Length: %d\r\n\r\n" % len(body))
        connection.server(body)
    connection.close()


# ---------------------------------------------------------------------------- heads of messages

@case("request_too_many_headers", "request_field_too_long")
def million_request_headers(capture: Capture) -> None:
    connection = Connection(capture, 80)
    connection.client(GET)
    connection.client(b"".join(b"X-%d: a\r\n" % i for i in range(MEGA)))
    connection.close()


@case("response_too_many_headers", "response_field_too_long")
def million_response_headers(capture: Capture) -> None:
    connection = Connection(capture, 80)
    connection.client(GET + b"\r\n")
    connection.server(OK)
    connection.server(b"".join(b"X-%d: a\r\n" % i for i in range(MEGA)))
    connection.close()


@case("request_header_repetition")
def one_header_many_times(capture: Capture) -> None:
    connection = Connection(capture, 80)
    connection.client(GET + b"Cookie: a=b\r\n" * 1000 + b"\r\n")
    connection.server(OK + b"Set-Cookie: a=b\r\n" * 1000 + b"Content-Length: 0\r\n\r\n")
    connection.close()


@case("request_field_too_long")
def endless_request_header_line(capture: Capture) -> None:
    connection = Connection(capture, 80)
    connection.client(GET + b"X: ")
    connection.client(b"a" * 20 * MEGA)
    connection.close()


@case("response_field_too_long")
def endless_response_header_line(capture: Capture) -> None:
    connection = Connection(capture, 80)
    connection.client(GET + b"\r\n")
    connection.server(OK + b"X: ")
    connection.server(b"a" * 20 * MEGA)
    connection.close()


@case("request_field_too_long")
def endless_request_line(capture: Capture) -> None:
    connection = Connection(capture, 80)
    connection.client(b"GET /")
    connection.client(b"a" * 20 * MEGA)
    connection.close()


@case("request_field_too_long", "request_header_invalid")
def endless_folded_header(capture: Capture) -> None:
    connection = Connection(capture, 80)
    connection.client(GET + b"X: a\r\n")
    connection.client(b" a\r\n" * 2 * MEGA)
    connection.close()


@case("response_field_too_long")
def endless_trailer(capture: Capture) -> None:
    connection = Connection(capture, 80)
    connection.client(GET + b"\r\n")
    connection.server(OK + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n")
    connection.server(b"".join(b"X-%d: a\r\n" % i for i in range(MEGA)))
    connection.close()


@case("100_continue_already_seen")
def endless_100_continue(capture: Capture) -> None:
    connection = Connection(capture, 80)
    connection.client(GET + b"\r\n")
    connection.server(b"HTTP/1.1 100 Continue\r\nX: a\r\n\r\n" * 300_000)
    connection.close()


@case("request_header_repetition")
def head_in_segments_of_one_byte(capture: Capture) -> None:
    connection = Connection(capture, 80)
    fields = b"".join(b"X-%d: %s\r\n" % (i, b"a" * 10_000) for i in range(12)) + b"Cookie: a\r\n" * 2
    connection.client(GET + fields + b"\r\n", segment=1)
    connection.server(OK + b"Content-Length: 2\r\n\r\nok")
    connection.close()


@case("request_field_too_long")
def field_in_segments_of_one_byte(capture: Capture) -> None:
    connection = Connection(capture, 80)
    connection.client(GET + b"X: " + b"a" * 60_000 + b"\r\n\r\n", segment=1)
    connection.server(OK + b"Content-Length: 2\r\n\r\nok")
    connection.close()


# --------------------------------------------------------------------------------------- bodies

@case("response_chunk_extension")
def million_chunks_of_one_byte(capture: Capture) -> None:
    connection = Connection(capture, 80)
    connection.client(GET + b"\r\n")
    connection.server(OK + b"Transfer-Encoding: chunked\r\n\r\n1;a\r\na\r\n")
    connection.server(b"1\r\na\r\n" * MEGA + b"0\r\n\r\n")
    connection.close()


@case("response_chunk_extension")
def chunks_in_segments_of_one_byte(capture: Capture) -> None:
    connection = Connection(capture, 80)
    connection.client(GET + b"\r\n")
    connection.server(OK + b"Transfer-Encoding: chunked\r\n\r\n1;a\r\na\r\n")
    connection.server(b"1\r\na\r\n" * 30_000 + b"0\r\n\r\n", segment=1)
    connection.close()


@case("invalid_response_chunk_len")
def endless_chunk_size(capture: Capture) -> None:
    connection = Connection(capture, 80)
    connection.client(GET + b"\r\n")
    connection.server(OK + b"Transfer-Encoding: chunked\r\n\r\n1;")
    connection.server(b"a" * 10 * MEGA)
    connection.close()


@case("multipart_generic_error", "multipart_no_filedata", "multipart_invalid_header")
def million_form_parts(capture: Capture) -> None:
    connection = Connection(capture, 80)
    part = b'--b\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\nx\r\n'
    body = part * 100_000 + b"--b--\r\n"
    connection.client(b"POST /a HTTP/1.1\r\nHost: a.example\r\n"
                      b"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: %d\r\n\r\n"
                      % len(body))
    connection.client(b"--b\r\nno field\r\n" + body)
    connection.server(OK + b"Content-Length: 0\r\n\r\n")
    connection.close()


# ---------------------------------------------------------------------------- many transactions

@case("too_many_warnings")
def pipelining_without_responses(capture: Capture) -> None:
    connection = Connection(capture, 80)
    connection.client((GET + b"\r\n") * 300_000)
    connection.close()


@case("unable_to_match_response_to_request")
def responses_without_requests(capture: Capture) -> None:
    connection = Connection(capture, 80)
    connection.client(GET + b"\r\n")
    connection.server((OK + b"Content-Length: 0\r\n\r\n") * 100_000)
    connection.close()


# --------------------------------------------------------------------------------- HTTP/2, WebSocket

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
HEADERS, CONTINUATION = 1, 9
END_STREAM, END_HEADERS = 1, 4
# :method GET, :path /, :scheme http of the static table; :authority a
REQUEST_FIELDS = b"\x82\x84\x86\x41\x01a"


def frame(kind: int, flags: int, stream: int, payload: bytes) -> bytes:
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def http2(capture: Capture) -> Connection:
    connection = Connection(capture, 80)
    connection.client(PREFACE + frame(4, 0, 0, b""))
    connection.server(frame(4, 0, 0, b""))
    return connection


@case("too_long_repeated_headers")
def hpack_bomb(capture: Capture) -> None:
    connection = http2(capture)
    literal = b"\x40\x01x" + b"\x7f" + bytes([0x80 | (3900 - 127) & 0x7F, (3900 - 127) >> 7]) + b"a" * 3900
    connection.client(frame(HEADERS, END_HEADERS | END_STREAM, 1, REQUEST_FIELDS + literal))
    for i in range(60):
        connection.client(frame(HEADERS, END_HEADERS | END_STREAM, 3 + 2 * i,
                                REQUEST_FIELDS + b"\xbe" * 16_000))
    connection.close()


@case("reassembly_limit_reached")
def continuation_flood(capture: Capture) -> None:
    connection = http2(capture)
    connection.client(frame(HEADERS, END_STREAM, 1, REQUEST_FIELDS))
    connection.client(frame(CONTINUATION, 0, 1, b"\x00\x01a\x01b" * 20) * 100_000)
    connection.close()


@case("too_many_streams")
def million_http2_streams(capture: Capture) -> None:
    connection = http2(capture)
    connection.client(b"".join(frame(HEADERS, END_HEADERS | END_STREAM, 1 + 2 * i, REQUEST_FIELDS)
                               for i in range(200_000)))
    connection.close()


# ----------------------------------------------------------------------------------- mail, login

SMTP_GREETING = b"220 mail.example ESMTP\r\n"


def smtp(capture: Capture) -> Connection:
    connection = Connection(capture, 25)
    connection.server(SMTP_GREETING)
    connection.client(b"EHLO a.example\r\n")
    connection.server(b"250 mail.example\r\n")
    return connection


def mail(capture: Capture, content: bytes, segment: int = 1400) -> None:
    connection = smtp(capture)
    for command, reply in ((b"MAIL FROM:<a@a.example>", b"250 ok"), (b"RCPT TO:<b@a.example>", b"250 ok"),
                           (b"DATA", b"354 go on")):
        connection.client(command + b"\r\n")
        connection.server(reply + b"\r\n")
    connection.client(content + b"\r\n.\r\n", segment)
    connection.server(b"250 ok\r\n")
    connection.client(b"QUIT\r\n")
    connection.server(b"221 bye\r\n")
    connection.close()


@case("max_command_line_len_exceeded", "truncated_line")
def endless_smtp_command(capture: Capture) -> None:
    connection = smtp(capture)
    connection.client(b"MAIL FROM:<" + b"a" * 10 * MEGA)
    connection.close()


@case("max_reply_line_len_exceeded", "truncated_line")
def endless_smtp_reply(capture: Capture) -> None:
    connection = smtp(capture)
    connection.client(b"NOOP\r\n")
    connection.server(b"250 " + b"a" * 10 * MEGA)
    connection.close()


@case("invalid_pipelined_sequence")
def endless_smtp_commands(capture: Capture) -> None:
    connection = smtp(capture)
    connection.client(b"NOOP\r\n" * MEGA)
    connection.close()


@case("unparsable_content")
def million_recipients(capture: Capture) -> None:
    connection = smtp(capture)
    connection.client(b"MAIL FROM:<a@a.example>\r\n")
    connection.server(b"250 ok\r\n")
    for _ in range(300):
        connection.client(b"RCPT TO:<b@a.example>\r\n" * 300)
        connection.server(b"250 ok\r\n" * 300)
    connection.close()


@case("mime_parse_failed")
def deep_mime(capture: Capture) -> None:
    parts = [b"Subject: deep\r\nMIME-Version: 1.0\r\n"]
    for i in range(20_000):
        parts.append(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (i, i))
    mail(capture, b"".join(parts))


@case("mime_long_header_value")
def endless_mail_header(capture: Capture) -> None:
    mail(capture, b"Subject: " + (b"a" * 900 + b"\r\n ") * 10_000 + b"\r\n\r\nbody")


@case("mime_parse_failed")
def million_mail_headers(capture: Capture) -> None:
    mail(capture, b"".join(b"X-%d: a\r\n" % i for i in range(MEGA)) + b"\r\nbody")


@case("mime_long_line", "mime_malformed_msg")
def endless_mail_line(capture: Capture) -> None:
    mail(capture, b"Subject: long\r\n\r\n" + b"a" * 10 * MEGA)


@case("mime_long_enc_line", "mime_invalid_base64")
def mail_in_segments_of_one_byte(capture: Capture) -> None:
    head = b"Subject: a\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    mail(capture, head + (b"YWFh" * 18 + b"\r\n") * 1000 + b"!" * 5000, segment=1)


@case("request_command_too_long")
def endless_ftp_command(capture: Capture) -> None:
    connection = Connection(capture, 21)
    connection.server(b"220 ready\r\n")
    connection.client(b"USER " + b"a" * 10 * MEGA)
    connection.close()


@case("response_command_too_long")
def endless_ftp_reply(capture: Capture) -> None:
    connection = Connection(capture, 21)
    connection.server(b"220 ready\r\n")
    connection.client(b"USER a\r\n")
    connection.server(b"331 " + b"a" * 10 * MEGA)
    connection.close()


@case("too_many_transactions")
def endless_ftp_commands(capture: Capture) -> None:
    connection = Connection(capture, 21)
    connection.server(b"220 ready\r\n")
    connection.client(b"NOOP\r\n" * MEGA)
    connection.close()


# ------------------------------------------------------------------------------------------- DNS

def ask(capture: Capture, client_port: int) -> None:
    """A question as it should be, so that the flow is one of DNS."""
    capture.udp(struct.pack(">HHHHHH", 7, 0x0100, 1, 0, 0, 0) + b"\x01a\x02bc\x00" + struct.pack(">HH", 1, 1),
                client_port=client_port)


@case("malformed_data", "infinite_loop", "name_too_long")
def dns_compression_loops(capture: Capture) -> None:
    head = struct.pack(">HHHHHH", 1, 0x0100, 1, 0, 0, 0)
    tail = struct.pack(">HH", 1, 1)
    itself = head + b"\xc0\x0c" + tail
    around = head + b"\x01a\xc0\x0c" + tail
    # Each pointer leads to the one before it.
    pointers = b"".join(struct.pack(">H", 0xC000 | 12 + 2 * i) for i in range(600))
    chain = struct.pack(">HHHHHH", 1, 0x8180, 1, 1, 0, 0) + b"\x00" + pointers + tail
    for i in range(3000):
        port = 30_000 + i % 100
        if i < 100:
            ask(capture, port)
        for message in (itself, around, chain):
            capture.udp(struct.pack(">H", i) + message[2:], client_port=port)


@case("name_too_long")
def dns_names_that_grow(capture: Capture) -> None:
    # Each answer's name is one label more than that of the answer before it.
    message = bytearray(struct.pack(">HHHHHH", 7, 0x8180, 1, 180, 0, 0))
    message += b"\x01a\x02bc\x00" + struct.pack(">HH", 1, 1)
    before = 12
    for _ in range(180):
        here = len(message)
        message += b"\x3f" + b"a" * 63 + struct.pack(">H", 0xC000 | before)
        message += struct.pack(">HHIH", 1, 1, 60, 4) + bytes([1, 2, 3, 4])
        before = here
    for i in range(500):
        port = 30_000 + i % 100
        ask(capture, port)
        capture.udp(bytes(message), to_server=False, client_port=port)


# ---------------------------------------------------------------------------------------- bodies

@case("response_body_unexpected")
def long_body(capture: Capture) -> None:
    connection = Connection(capture, 80)
    connection.client(GET + b"\r\n")
    body = b"<p>%06d nothing to see here, go on</p>\n" % 7
    connection.server(OK + b"Content-Type: text/html\r\nContent-Length: %d\r\n\r\n" % (len(body) * 500_000))
    connection.server(body * 500_000 + b"more\n")
    connection.close()
