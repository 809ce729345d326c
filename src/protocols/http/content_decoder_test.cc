// Coded bodies, well-formed and as servers really send them. What becomes of the odd ones was
// watched at the reference, Suricata 8.0.
#include "protocols/http/content_decoder.h"

#include <gtest/gtest.h>
#include <lzma.h>
#include <zlib.h>

#include <string>
#include <vector>

#include "protocols/http/codec.h"
#include "protocols/http/content_coding.h"
#include "testing/hex.h"

namespace culvert::http1 {
namespace {

using namespace std::string_literals;

const std::string kText =
    "The quick brown fox jumps over the lazy dog 0123456789. The quick brown fox jumps over it.";

std::string deflated(const std::string& text, int window) {
  z_stream z{};
  deflateInit2(&z, 9, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&z, text.size()) + 64, '\0');
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  z.avail_in = static_cast<uInt>(text.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  deflate(&z, Z_FINISH);
  out.resize(z.total_out);
  deflateEnd(&z);
  return out;
}
std::string raw(const std::string& text) { return deflated(text, -15); }
std::string zlib(const std::string& text) { return deflated(text, 15); }
std::string gzip(const std::string& text) { return deflated(text, 31); }
/// A gzip header with these flags and fields.
std::string gzip_with(char flags, const std::string& fields) {
  return "\x1f\x8b\x08"s + flags + std::string(6, '\0') + fields + raw(kText) + std::string(8, 'x');
}
std::string lzma(const std::string& text) {
  lzma_options_lzma options;
  lzma_lzma_preset(&options, 6);
  lzma_stream stream = LZMA_STREAM_INIT;
  EXPECT_EQ(lzma_alone_encoder(&stream, &options), LZMA_OK);
  std::string out(text.size() + 4096, '\0');
  stream.next_in = reinterpret_cast<const std::uint8_t*>(text.data());
  stream.avail_in = text.size();
  stream.next_out = reinterpret_cast<std::uint8_t*>(out.data());
  stream.avail_out = out.size();
  EXPECT_EQ(lzma_code(&stream, LZMA_FINISH), LZMA_STREAM_END);
  out.resize(stream.total_out);
  lzma_end(&stream);
  return out;
}
/// kText, by the brotli library.
std::string brotli() {
  const auto bytes =
      hex("1b590000c4a86ba40b74132d7e20fd1dadc928505525af6cd5b705cd16715f9e197579d15fd37a60"
          "b9cbfec0f83286ff435e1a50c68554da584760e94e02");
  return std::string(as_text(bytes));
}

struct Collected final : BodySink {
  bool on_body(Bytes bytes) override {
    text += as_text(bytes);
    ++pieces;
    return text.size() < wanted;
  }
  void on_event(Event event) override { events.push_back(event); }
  bool has(Event event) const {
    for (const Event each : events) {
      if (each == event) return true;
    }
    return false;
  }
  std::size_t wanted = std::string::npos;
  int pieces = 0;
  std::string text;
  std::vector<Event> events;
};

Collected decode(std::string_view coding, std::string_view body, std::size_t cut = 0,
                 const HttpOptions& options = {}) {
  ContentDecoder decoder;
  DecoderBudget budget;
  Collected sink;
  decoder.start(options, coding, budget, sink);
  decoder.feed(as_bytes(body.substr(0, cut)), sink);
  decoder.feed(as_bytes(body.substr(cut)), sink);
  decoder.finish(sink);
  return sink;
}

struct Row {
  const char* what;
  const char* coding;
  std::string body;
  std::string expected;
};

std::vector<Row> rows() {
  return {
      {"plain", "", kText, kText},
      {"gzip", "gzip", gzip(kText), kText},
      {"x-gzip", "X-Gzip", gzip(kText), kText},
      {"raw deflate", "deflate", raw(kText), kText},
      {"zlib", "deflate", zlib(kText), kText},
      {"gzip called deflate", "deflate", gzip(kText), kText},
      {"zlib called gzip", "gzip", zlib(kText), kText},
      {"raw called gzip", "gzip", raw(kText), kText},
      {"text called gzip", "gzip", kText, kText},
      {"text called deflate", "deflate", kText, kText},
      {"gzip called br", "br", gzip(kText), kText},
      {"HTML called gzip", "gzip", "<html><body>" + kText, "<html><body>" + kText},
      {"two members", "gzip", gzip(kText) + gzip("more"), kText + "more"},
      {"garbage after", "gzip", gzip(kText) + "garbage", kText},
      {"garbage after raw", "deflate", raw(kText) + "garbage", kText},
      {"no trailer", "gzip", gzip(kText).substr(0, gzip(kText).size() - 8), kText},
      {"with a name", "gzip", gzip_with(8, "name\0"s), kText},
      {"all fields", "gzip", gzip_with(0x1e, "\3\0abcname\0comment\0\x12\x34"s), kText},
      {"reserved flags", "gzip", gzip_with(static_cast<char>(0xe0), ""), kText},
      {"header twice", "gzip", "\x1f\x8b\x08\0\0\0\0\0\0\0"s + gzip(kText), kText},
      {"other method", "gzip", "\x1f\x8b\x09" + gzip(kText).substr(3),
       "\x1f\x8b\x09" + gzip(kText).substr(3)},
      {"header alone", "gzip", gzip(kText).substr(0, 6), ""},
      {"brotli", "br", brotli(), kText},
      {"brotli with garbage", "br", brotli() + "garbage", kText},
      {"text called br", "br", kText, kText},
      {"gzip of brotli", "br, gzip", gzip(brotli()), kText},
      {"lzma", "lzma", lzma(kText), kText},
      {"lzma with garbage", "lzma", lzma(kText) + "garbage", kText},
      {"text called lzma", "lzma", "\xff" + kText, "\xff" + kText},
      {"gzip of gzip", "gzip, gzip", gzip(gzip(kText)), kText},
      {"gzip of deflate", "deflate,gzip", gzip(zlib(kText)), kText},
      {"gzip of lzma", "lzma,gzip", gzip(lzma(kText)), kText},
      {"a layer too few", "gzip,gzip", gzip(kText), kText},
      {"nothing", "gzip", "", ""},
  };
}

TEST(ContentDecoder, DecodesWhatServersSend) {
  for (const Row& row : rows())
    EXPECT_EQ(decode(row.coding, row.body).text, row.expected) << row.what;
}

TEST(ContentDecoder, AnySplitGivesTheSame) {
  for (const Row& row : rows()) {
    for (std::size_t cut = 0; cut <= row.body.size(); ++cut) {
      ASSERT_EQ(decode(row.coding, row.body, cut).text, row.expected) << row.what << " at " << cut;
    }
  }
}

TEST(ContentDecoder, LargeBodies) {
  std::string text;
  for (int i = 0; i < 100000; ++i) text += std::to_string(i * 7919);
  EXPECT_EQ(decode("gzip", gzip(text), 1000).text, text);
  EXPECT_EQ(decode("deflate", zlib(text), 1000).text, text);
  EXPECT_EQ(decode("lzma", lzma(text), 1000).text, text);
  // Broken in the middle: what there is.
  std::string broken = gzip(text);
  broken.resize(broken.size() / 2);
  const Collected half = decode("gzip", broken);
  EXPECT_GT(half.text.size(), text.size() / 4);
  EXPECT_TRUE(text.starts_with(half.text));
}

/// What zlib makes of raw deflate, as far as it goes.
std::string inflated(const std::string& coded) {
  z_stream z{};
  EXPECT_EQ(inflateInit2(&z, -15), Z_OK);
  std::string out(64 * 1024, '\0');
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(coded.data()));
  z.avail_in = static_cast<uInt>(coded.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  inflate(&z, Z_SYNC_FLUSH);
  out.resize(z.total_out);
  inflateEnd(&z);
  return out;
}

TEST(ContentDecoder, BrokenStreamsEndWhereZlibSays) {
  std::string text;
  for (int i = 0; i < 400; ++i) {
    text += kText.substr(static_cast<std::size_t>(i * 37 % 80)) + std::to_string(i * i);
  }
  const std::string good = raw(text);
  std::uint32_t random = 1;
  int broken = 0;
  for (int i = 0; i < 500; ++i) {
    random = random * 1664525 + 1013904223;
    std::string coded = good;
    coded[20 + (random >> 8) % (coded.size() - 20)] ^= static_cast<char>(1 << (random >> 29));
    const std::string expected = inflated(coded);
    if (expected.size() < 100) continue;  // the decoder may take it for something else
    broken += expected.size() < text.size() - 100;
    const std::string header = "\x1f\x8b\x08"s + std::string(7, '\0');
    EXPECT_EQ(decode("gzip", header + coded).text, expected) << i;
    const std::size_t cut = 10 + (random >> 4) % coded.size();
    EXPECT_EQ(decode("gzip", header + coded, cut).text, expected) << i;
  }
  EXPECT_GT(broken, 50);
}

TEST(ContentDecoder, PiecesAreTheReferences) {
  // Whether a file is truncated depends on them: by what comes after the piece that reaches a limit.
  std::string text;
  for (int i = 0; text.size() < kCodecChunkSize + 100; ++i) text += std::to_string(i * i) + " ";
  text.resize(kCodecChunkSize + 100);
  EXPECT_EQ(decode("gzip", gzip(text)).pieces, 2);
  EXPECT_EQ(decode("gzip", gzip(text.substr(0, kCodecChunkSize - 100))).pieces, 1);
}

TEST(ContentDecoder, BombsAreStopped) {
  HttpOptions options;
  const std::string zeros(20'000'000, '\0');
  const Collected sink = decode("gzip,gzip", gzip(gzip(zeros)), 0, options);
  EXPECT_TRUE(sink.has(Event::kCompressionBomb));
  EXPECT_LT(sink.text.size(), 3u << 20);
  ContentDecoder decoder;
  DecoderBudget budget{.bombs = options.compression_bomb_count};
  Collected refused;
  decoder.start(options, "gzip", budget, refused);
  EXPECT_TRUE(decoder.is_identity());
  EXPECT_TRUE(refused.has(Event::kCompressionBombLimitReached));
}

TEST(ContentDecoder, WhatNobodyWantsIsDecodedOnlyIfItMayBeABomb) {
  const std::string suspect(1'000'000, 'a');
  std::string body;
  for (unsigned i = 0; body.size() < suspect.size(); ++i) body += std::to_string(i * 2654435761u);
  body.resize(suspect.size());
  const struct {
    const char* coding;
    std::string coded;
    bool stops;
  } rows[] = {{"gzip", gzip(body), true},
              {"deflate", zlib(body), true},
              {"gzip", gzip(suspect), false},
              {"deflate", zlib(suspect), false},
              {"gzip, gzip", gzip(gzip(body)), false},
              {"lzma", lzma(body), false}};
  for (const auto& row : rows) {
    SCOPED_TRACE(row.coding);
    ContentDecoder decoder;
    DecoderBudget budget;
    Collected sink;
    sink.wanted = 20'000;
    const HttpOptions options;
    decoder.start(options, row.coding, budget, sink);
    constexpr std::size_t kPiece = 100, kLongestOfPiece = kPiece * 10;
    for (std::size_t at = 0; at < row.coded.size(); at += kPiece) {
      decoder.feed(as_bytes(std::string_view(row.coded).substr(at, kPiece)), sink);
    }
    decoder.finish(sink);
    if (row.stops) {
      EXPECT_GE(sink.text.size(), sink.wanted);
      EXPECT_LT(sink.text.size(), sink.wanted + kCodecChunkSize + kLongestOfPiece);
    } else {
      EXPECT_EQ(sink.text.size(), body.size());
    }
    EXPECT_TRUE(sink.events.empty());
  }
}

TEST(ContentDecoder, LzmaKeepsToItsMemory) {
  HttpOptions options;
  options.lzma_memlimit = 65536;
  std::string text;
  for (int i = 0; i < 60000; ++i) text += std::to_string(i * 7919 % 100003);
  const Collected sink = decode("lzma", lzma(text + text), 0, options);
  EXPECT_TRUE(sink.has(Event::kLzmaMemlimitReached));
  EXPECT_TRUE(text.starts_with(sink.text.substr(0, 60000)));
  options.lzma_enabled = false;
  EXPECT_EQ(decode("lzma", lzma(kText), 0, options).text, lzma(kText));
}

TEST(ContentDecoder, OptionsLimitLayers) {
  const std::string three = gzip(gzip(gzip(kText)));
  const Collected sink = decode("gzip,gzip,gzip", three);
  EXPECT_TRUE(sink.has(Event::kTooManyEncodingLayers));
  EXPECT_EQ(sink.text, gzip(kText));
  HttpOptions options;
  options.decompress_layer_limit = 3;
  EXPECT_EQ(decode("gzip,gzip,gzip", three, 0, options).text, kText);
  options.decompress_layer_limit = 0;
  EXPECT_EQ(decode("gzip", gzip(kText), 0, options).text, gzip(kText));
}

TEST(ContentCoding, NamesAreReadLeniently) {
  struct Expected {
    std::string value;
    std::size_t count;
    bool is_abnormal, too_many;
  };
  const Expected table[] = {
      {"gzip", 1, false, false},
      {"GZIP", 1, false, false},
      {"gz\0ip"s, 1, false, false},
      {"\x0bgzip\x0c", 1, false, false},
      {"gzip\xa0", 1, true, false},
      {"gzip;q=1", 1, true, false},
      {"xgzip", 1, true, false},
      {",gzip", 1, false, false},
      {"gzip,", 1, false, false},
      {"gzip gzip", 2, false, false},
      {"gzip,identity", 1, false, false},
      {"foo,gzip", 1, true, false},
      {"x,y,gzip", 0, true, true},
      {"gzip,gzip,identity", 2, false, true},
      {"deflate x", 1, true, false},
      {"indeflate", 1, true, false},
      {"inflate", 0, false, false},
      {"none", 0, false, false},
      {"compress", 0, true, false},
      {"xlzma", 0, true, false},
      {"lzma,", 1, false, false},
      {" ", 0, false, false},
      {",", 0, false, false},
      {"br", 1, false, false},
      {"br,gzip", 2, false, false},
  };
  for (const Expected& row : table) {
    const ContentCodings found = parse_content_coding(row.value, 2);
    EXPECT_EQ(found.count, row.count) << row.value;
    EXPECT_EQ(found.is_abnormal, row.is_abnormal) << row.value;
    EXPECT_EQ(found.too_many_layers, row.too_many) << row.value;
  }
}

}  // namespace
}  // namespace culvert::http1
