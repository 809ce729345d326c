#include "protocols/mime/mime_parser.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "protocols/mime/mime_testing.h"
#include "testing/chop.h"

namespace culvert::mime {
namespace {

std::string multipart(const std::string& parts) {
  return "Content-Type: multipart/mixed; boundary=\"b\"\r\n\r\npreamble http://no.example/\r\n" +
         parts + "\r\n--b--\r\n";
}
std::string attachment(const std::string& headers, const std::string& body) {
  return "--b\r\nContent-Type: application/x; name=f\r\n" + headers + "\r\n" + body;
}
const std::string kBase64 = "Content-Transfer-Encoding: base64\r\n";
const std::string kQuoted = "Content-Transfer-Encoding: quoted-printable\r\n";

struct Case {
  const char* name;
  std::string message;
  const char* expected;
};

const Case kCases[] = {
    {"no headers end", "From: a\r\nTo: b\r\n", ""},
    {"text", "From: a\r\n\r\nhttp://u.example/x y <http://v>\r\nhttps://no\r\n",
     "url:u.example/x url:v "},
    {"URL at the end", "\r\nHTTP://u.example/\r\n", "url:u.example/\r\n "},
    {"base64 text", "Content-Transfer-Encoding: base64\r\n\r\naHR0cDovL2EuZXhh\r\nbXBsZS8xIA==\r\n",
     "url:a.example/1 "},
    {"attachment", multipart(attachment("", "l1\r\nl2\r\n")), "file(f)[l1\r\nl2\r\n] att:f "},
    {"base64", multipart(attachment(kBase64, "aGVs!!bG8*gd29y\r\nbGQ=\r\n")),
     "file(f)[hello world] att:f "},
    {"base64 cut short", multipart(attachment(kBase64, "aGVsbG8")), "file(f)[hello] att:f "},
    {"base64 goes on behind padding", multipart(attachment(kBase64, "QQ==\r\nQUJD\r\n")),
     "file(f)[AABC] att:f "},
    {"base64 wrong", multipart(attachment(kBase64, "Q===\r\nQUJD\r\n")), "file(f)[!0 !0 ] att:f "},
    {"quoted-printable", multipart(attachment(kQuoted, "a=3Db=\r\nc=20\r\ne=zz f=4\r\n")),
     "file(f)[a=bc \r\n!3 !3 e f\r\n] att:f "},
    {"disposition first",
     multipart("--b\r\nContent-Disposition: attachment; filename=d\r\n"
               "Content-Type: a/b; name=t\r\n\r\nx"),
     "file(d)[x] att:d "},
    {"nameless", multipart("--b\r\nContent-Type: application/pdf\r\n\r\nx"), ""},
    {"empty name", multipart("--b\r\nContent-Type: a/b; name=\"\"\r\n\r\nx"), "att: "},
    {"nested",
     multipart("--b\r\nContent-Type: multipart/alternative; boundary=c\r\n\r\n--c\r\n"
               "Content-Type: a/b; name=in\r\n\r\n1\r\n--c--\r\n" +
               attachment("", "2")),
     "file(in)[1] file(f)[2] att:in att:f "},
    {"outer boundary ends inner",
     multipart("--b\r\nContent-Type: multipart/alternative; boundary=c\r\n\r\n--c\r\n"
               "Content-Type: a/b; name=in\r\n\r\n1\r\n" +
               attachment("", "2")),
     "file(in)[1] file(f)[2] att:in att:f "},
    {"message in message, encoding not inherited",
     multipart("--b\r\nContent-Type: message/rfc822; name=m\r\n" + kBase64 +
               "\r\nContent-Type: a/b; name=x\r\n\r\nQUJD"),
     "file(x)[QUJD] att:m att:x "},
    {"long name", multipart("--b\r\nContent-Type: a/b; name=" + std::string(256, 'n') + "\r\n\r\n"),
     nullptr},
    {"long header name", std::string(76, 'X') + ": v\r\n\r\n", "!1 "},
    {"long header value", "X: " + std::string(2001, 'v') + "\r\n\r\n", "!4 !2 "},
    {"long line", "\r\n" + std::string(999, 'x') + "\r\n", "!4 "},
    {"long encoded line", multipart(attachment(kBase64, std::string(80, 'A'))), nullptr},
    {"very long line", "\r\nhttp://u.example/" + std::string(9000, ' ') + "http://v.example/ \r\n",
     "!4 url:u.example/ url:v.example/ "},
    {"boundary of 255", "Content-Type: multipart/x; boundary=" + std::string(255, 'b') + "\r\n\r\n",
     "!6 "},
    {"epilogue reads as headers", multipart("--b\r\n\r\nx") + "e: f\r\n\r\nhttp://e.example/ \r\n",
     "url:e.example/ "},
    {"LF alone", "Content-Type: a/b; name=f\n\nl1\nl2\n", "file(f)[l1\nl2] att:f "},
};

TEST(MimeParser, AnySplitGivesTheSame) {
  for (const Case& c : kCases) {
    std::string first;
    const auto parse = [&](std::span<const Bytes> pieces) {
      ParsedMessage parsed;
      parsed.parse({}, pieces);
      return parsed.described();
    };
    const Bytes whole = as_bytes(c.message);
    first = parse({&whole, 1});
    if (c.expected != nullptr) {
      EXPECT_EQ(first, c.expected) << c.name;
    }
    if (c.message.size() > 1000) continue;
    for_each_chop(whole, [&](const auto& pieces) { EXPECT_EQ(parse(pieces), first) << c.name; });
  }
}

TEST(MimeParser, KeepsHeadersOnceTheyAreComplete) {
  const std::string text =
      " stray\r\nno colon\r\nSubject:  two  \r\nReceived: r1\r\n\tf1\r\n  "
      "f2\r\nreceived:r2\r\n\r\nx\r\n";
  ParsedMessage parsed;
  const Bytes whole = as_bytes(text);
  parsed.parse({.body_md5 = true}, {&whole, 1});
  const auto value = [&](const char* name, unsigned instance) {
    const Header* const header = parsed.message.find(name, instance);
    return header == nullptr ? "none" : std::string(header->value);
  };
  EXPECT_EQ(value("subject", 0), "two  ");
  EXPECT_EQ(value("RECEIVED", 0), "r1f1 f2");
  EXPECT_EQ(value("received", 1), "r2");
  EXPECT_EQ(value("received", 2), "none");
  ASSERT_TRUE(parsed.message.has_body_md5);
  EXPECT_EQ(std::to_integer<int>(parsed.message.body_md5[0]), 0xcb);  // of "x\r\n"
}

TEST(MimeParser, OptionsLimitWhatIsDone) {
  const std::string text = multipart(attachment(kBase64, "QUJD"));
  const Bytes whole = as_bytes(text);
  ParsedMessage raw;
  raw.parse({.decode_base64 = false}, {&whole, 1});
  EXPECT_EQ(raw.described(), "file(f)[] att:f ");
  const std::string urls = "\r\nhttp://a https://b ftp://c \r\n";
  const Bytes bytes = as_bytes(urls);
  ParsedMessage two;
  two.parse({.log_url_scheme = true, .url_schemes = {"https", "http"}}, {&bytes, 1});
  EXPECT_EQ(two.described(), "url:https://b url:http://a ");
  ParsedMessage none;
  none.parse({.extract_urls = false}, {&bytes, 1});
  EXPECT_EQ(none.described(), "");
}

TEST(MimeParser, DeepNestingIsBounded) {
  std::string text;
  for (int i = 0; i < 100; ++i) {
    const std::string boundary = "b" + std::to_string(i) + "_";
    text +=
        "Content-Type: multipart/mixed; boundary=" + boundary + "\r\n\r\n--" + boundary + "\r\n";
  }
  ParsedMessage parsed;
  const Bytes whole = as_bytes(text);
  parsed.parse({}, {&whole, 1});
  EXPECT_EQ(parsed.described(), "!8 ");
}

}  // namespace
}  // namespace culvert::mime
