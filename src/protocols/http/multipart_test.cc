#include "protocols/http/multipart.h"

#include <gtest/gtest.h>

#include <string>

namespace culvert::http1 {
namespace {

struct Log final : MultipartSink {
  void begin_part(std::string_view name) override { text += "[" + std::string(name) + "]"; }
  void on_part(Bytes bytes) override { text += as_text(bytes); }
  void end_part() override { text += "."; }
  void complain(Complaint complaint) override {
    complaints += std::to_string(static_cast<int>(complaint));
  }
  std::string text, complaints;
};

constexpr std::string_view kType = "multipart/form-data; boundary=\"XyZ\"";
constexpr std::string_view kForm =
    "--XyZ\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nnot a file\r\n"
    "--XyZ\r\nContent-Disposition: form-data; name=\"f\"; filename=\"one.txt\"\r\n"
    "Content-Type: text/plain\r\n\r\nfirst\r\n--Xy\r\nsecond\r\n"
    "--XyZ\r\nContent-Disposition: form-data; name=f; filename=two\r\n\r\n2\r\n--XyZ--\r\nend";

TEST(MultipartParser, AnySplitGivesTheSameFiles) {
  for (std::size_t cut = 0; cut <= kForm.size(); ++cut) {
    MultipartParser parser;
    Log log;
    ASSERT_TRUE(parser.start(kType));
    parser.feed(as_bytes(kForm.substr(0, cut)), log);
    parser.feed(as_bytes(kForm.substr(cut)), log);
    parser.finish(log);
    EXPECT_EQ(log.text, "[one.txt]first\r\n--Xy\r\nsecond.[two]2.") << cut;
    EXPECT_EQ(log.complaints, "");
  }
  MultipartParser parser;
  Log log;
  ASSERT_TRUE(parser.start(kType));
  for (const char& c : kForm) parser.feed(as_bytes(std::string_view(&c, 1)), log);
  parser.finish(log);
  EXPECT_EQ(log.text, "[one.txt]first\r\n--Xy\r\nsecond.[two]2.");
}

TEST(MultipartParser, RefusesWhatHasNoBoundary) {
  const std::pair<const char*, std::string> cases[] = {
      {"none", "multipart/form-data"},
      {"empty", "multipart/form-data; boundary="},
      {"another type", "multipart/mixed; boundary=a"},
      {"too long", "multipart/form-data; boundary=" + std::string(300, 'b')},
  };
  for (const auto& [name, type] : cases) EXPECT_FALSE(MultipartParser().start(type)) << name;
}

TEST(MultipartParser, WhatIsCutOffIsKept) {
  MultipartParser parser;
  Log log;
  ASSERT_TRUE(parser.start(kType));
  parser.feed(as_bytes("--XyZ\r\nContent-Disposition: x; filename=f\r\n\r\nabc\r\n-"), log);
  parser.finish(log);
  EXPECT_EQ(log.text, "[f]abc\r\n-.");
}

TEST(MultipartParser, EndlessHeadersAreGivenUp) {
  MultipartParser parser;
  Log log;
  ASSERT_TRUE(parser.start(kType));
  parser.feed(as_bytes("--XyZ\r\n"), log);
  for (int i = 0; i < 100; ++i) parser.feed(as_bytes(std::string(1000, 'h')), log);
  EXPECT_EQ(log.complaints, "0");
}

TEST(ParameterOf, FindsValues) {
  EXPECT_EQ(parameter_of("a; filename=\"x;y\"; z=1", "filename"), "x;y");
  EXPECT_EQ(parameter_of("a; FileName = b ", "filename"), "b");
  EXPECT_EQ(parameter_of("a; name=\"q\"", "filename").data(), nullptr);
}

}  // namespace
}  // namespace culvert::http1
