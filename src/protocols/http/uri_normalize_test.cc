// Targets as rules see them. The rows were watched at the reference, Suricata 8.0.
#include "protocols/http/uri_normalize.h"

#include <gtest/gtest.h>

#include <string>

#include "protocols/http/uri_decode.h"

namespace culvert::http1 {
namespace {

using namespace std::string_literals;

std::string normal(const std::string& raw, const HttpOptions& options = {}) {
  Arena arena;
  return std::string(normalize_uri(options, raw, false, arena).uri);
}

TEST(UriNormalize, FollowsTheReferenceByDefault) {
  const std::pair<std::string, std::string> rows[] = {
      {"/", "/"},
      {"/A/b.html?c=d", "/A/b.html?c=d"},
      // slashes and dots
      {"/a//b///c", "/a/b/c"},
      {"/a/./b/../c", "/a/c"},
      {"/../../a", "/a"},
      {"/a/..", ""},
      {"/a/.", "/a"},
      {"/a/../", ""},
      {"/a/b/../", "/a"},
      {"/a/...", "/a/..."},
      {"/a/..b", "/a/..b"},
      {"/a/.b/", "/a/.b/"},
      {"a/../b", "/b"},
      {"../a", "a"},
      {"/a/..;/b", "/a/..;/b"},
      {"/a//../b", "/b"},
      {"/a\\b", "/a/b"},
      {"/a\\..\\b", "/b"},
      // escapes
      {"/%61%62", "/ab"},
      {"/%2f%2F", "/"},
      {"/a%5cb", "/a/b"},
      {"/%2e%2e/a", "/a"},
      {"/a/..%2fb", "/b"},
      {"/a%00b", "/a\0b"s},
      {"/a%", "/a%"},
      {"/a%2", "/a%2"},
      {"/a%zz", "/a%zz"},
      {"/%%41", "/%A"},
      {"/%2541", "/%41"},
      {"/%u0041", "/A"},
      {"/%U0041", "/A"},
      {"/%u2215x", "/x"},
      {"/%uff0f", "/"},
      {"/%uzz41", "/%uzz41"},
      {"/%u004", "/%u004"},
      // UTF-8
      {"/\xc0\xaf", "//"},
      {"/%e0%80%af", "//"},
      {"/%c3%a9", "/\xe9"},
      {"/%ef%bc%a1", "/A"},
      {"/%c4%b1", "/i"},
      {"/%e4%b8%ad", "/?"},
      {"/%f0%9f%98%80", "/?"},
      {"/%f8%80%80%80%af", "/?????"},
      {"/%c3", "/"},
      {"/%c3%28", "/?("},
      {"/\xff", "/?"},
      // queries and fragments: escapes alone
      {"/a?x=/../b//c", "/a?x=/../b//c"},
      {"/a?x=a+b", "/a?x=a+b"},
      {"/a?x=%41%2f%u0041", "/a?x=A/A"},
      {"/a?x=%c3%a9", "/a?x=\xc3\xa9"},
      {"/a#f%41/../x", "/a#fA/../x"},
      {"/a%3fb", "/a?b"},
      {"/a/../?x", "?x"},
      // absolute
      {"http://h/%61//b?c=%61", "/a/b?c=a"},
      {"http://h", ""},
      {"http://h?x", "?x"},
      {"http://h:/a", ":/a"},
      {"http:/a", "/a"},
      {"http:///a", "/a"},
      {"//h/a", "/h/a"},
      {"/http://x/y", "/http:/x/y"},
      {"*", "*"},
  };
  for (const auto& [raw, expected] : rows) EXPECT_EQ(normal(raw), expected) << raw;
}

TEST(UriNormalize, FollowsItsOptions) {
  HttpOptions plain;
  plain.path_backslash_to_slash = plain.path_compress_slashes = plain.path_decode_separators = false;
  plain.path_decode_u = plain.path_decode_utf8 = false;
  EXPECT_EQ(normal("/a//b\\c%2fd%5ce", plain), "/a//b\\c%2fd\\e");
  EXPECT_EQ(normal("/%u0041%c3%a9", plain), "/%u0041\xc3\xa9");
  HttpOptions twice;
  twice.double_decode_path = twice.double_decode_query = true;
  EXPECT_EQ(normal("/%2541?x=%2541", twice), "/A?x=A");
  EXPECT_EQ(normal("/%252541", twice), "/%41");
  HttpOptions nul;
  nul.path_nul_encoded_terminates = true;
  EXPECT_EQ(normal("/a%00b?x=%00c", nul), "/a?x=");
  HttpOptions plus;
  plus.query_plus_to_space = true;
  EXPECT_EQ(normal("/a+b?x=a+b%2b", plus), "/a+b?x=a b+");
  HttpOptions lower;
  lower.path_lower_case = true;
  EXPECT_EQ(normal("/AbC?D", lower), "/abc?D");
  HttpOptions remove;
  remove.path_invalid_escape = HttpOptions::InvalidEscape::kRemovePercent;
  EXPECT_EQ(normal("/a%zz%4%", remove), "/azz4");
  EXPECT_EQ(normal("/%uzz41", remove), "/uzz41");
  HttpOptions decode;
  decode.path_invalid_escape = HttpOptions::InvalidEscape::kDecode;
  EXPECT_EQ(normal("/a%zz", decode), "/aS");
  EXPECT_EQ(normal("/a%4zb", decode), "/acb");
  EXPECT_EQ(normal("/%%41", decode), "/T1");
  HttpOptions all;
  all.uri_include_all = true;
  EXPECT_EQ(normal("HTTP://us%65r@H.Example:80/a/../b", all), "http://user:@h.example/b");
  EXPECT_EQ(normal("http://u:p@h/", all), "http://u:p@h/");
  EXPECT_EQ(normal("/a", all), "/a");
}

TEST(UriNormalize, TakesHostAndPort) {
  struct Row {
    const char* raw;
    bool is_connect;
    std::string_view host;
    std::int32_t port;
    bool is_invalid;
  };
  const Row rows[] = {
      {"http://www.Example.com/a", false, "www.example.com", -1, false},
      {"http://u:p:q@h:8/a", false, "h", 8, false},
      {"http://h:99999/a", false, "h", -2, true},
      {"http://h:0/a", false, "h", -2, true},
      {"http://h:080/a", false, "h", 80, false},
      {"http://[::1]:80/a", false, "[::1]", 80, false},
      {"http://us%65r@h%41/a", false, "ha", -1, false},
      {"http://h@/a", false, "", -1, false},
      {"http://h!/", false, "h!", -1, true},
      {"h:80", false, "80", -1, false},
      {"mailto:x@y", false, "x@y", -1, true},
      {"H.Example:443", true, "h.example", 443, false},
      {"h", true, "h", -1, false},
      {"h:", true, "h", -2, true},
      {"[::1]:443", true, "[::1]", 443, false},
      {"/x", true, "", -1, false},
      {":443", true, "", -1, false},
      {"h%41:1", true, "ha", 1, true},
  };
  for (const Row& row : rows) {
    Arena arena;
    const UriResult result = normalize_uri({}, row.raw, row.is_connect, arena);
    EXPECT_EQ(result.host, row.host) << row.raw;
    EXPECT_EQ(result.port, row.port) << row.raw;
    EXPECT_EQ(result.events != 0, row.is_invalid) << row.raw;
  }
}

TEST(UriNormalize, HostHeaders) {
  const std::pair<const char*, const char*> rows[] = {
      {"H.Example", "h.example"}, {"h:80", "h"},           {"h.", "h."},     {"h/x", "h"},
      {"[::1]:80", "[::1]"},      {"::1", ""},             {"u@h", "u@h"},   {"h?x", "h"},
      {"h:80:80", "h"},
  };
  for (const auto& [raw, expected] : rows) {
    Arena arena;
    EXPECT_EQ(normalize_host(raw, arena), expected) << raw;
  }
  for (const char* good : {"a", "a.b", "a.", "-h", "h_", "1.2.3.4", "[::1]"}) {
    EXPECT_TRUE(is_valid_host(good)) << good;
  }
  for (const char* bad : {"", ".", "h..", ".h", "h..i", "h i", "h%41", "[zz]", "[::1", "u@h"}) {
    EXPECT_FALSE(is_valid_host(bad)) << bad;
  }
  EXPECT_FALSE(is_valid_host(std::string(64, 'a')));
}

}  // namespace
}  // namespace culvert::http1
