#include "cli/lists.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace culvert {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

template <class List>
std::string printed(List&& list) {
  ::testing::internal::CaptureStdout();
  list();
  std::fflush(stdout);
  return ::testing::internal::GetCapturedStdout();
}

TEST(ListKeywords, NamesEachOnceAsTheReferenceDoes) {
  std::istringstream lines(printed([] { list_keywords(""); }));
  std::set<std::string> names;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("- ")) continue;
    EXPECT_TRUE(names.insert(line.substr(2)).second) << line;
  }
  for (const char* const name : {"sid", "content", "tcp.ack", "tcp.seq", "tcp.window", "tcp.flags",
                                 "tcp.session", "tls_store", "http.uri", "http_uri", "luaxform",
                                 "lua", "file.data", "ja3.hash", "dns.query", "dcerpc.stub_data"}) {
    EXPECT_TRUE(names.contains(name)) << name;
  }
  for (const char* const alias : {"ack", "seq", "window", "tls.store", "flags"}) {
    EXPECT_FALSE(names.contains(alias)) << alias;
  }
}

TEST(ListKeywords, TellsFeatures) {
  const std::pair<const char*, const char*> rows[] = {
      {"tcp.ack", "Features: prefilter\n"},
      {"tos", "Features: none\n"},
      {"flow", "Features: supports firewall,prefilter\n"},
      {"http.uri", "Features: No option,sticky buffer\n"},
      {"ip.src", "Features: No option,sticky buffer\n"},
      {"http_uri", "Features: No option,content modifier\n"},
      {"to_md5", "Features: No option,transform\n"},
      {"pcrexform", "Features: transform\n"},
      {"seq", "= tcp.seq =\n"},  // by its other name
  };
  for (const auto& [name, expected] : rows) {
    EXPECT_THAT(printed([&] { EXPECT_EQ(list_keywords(name), 0); }), HasSubstr(expected)) << name;
  }
  EXPECT_THAT(printed([] { EXPECT_EQ(list_keywords("nothing"), 1); }),
              HasSubstr("Non existing keyword"));
  EXPECT_THAT(printed([] { list_keywords("csv"); }), HasSubstr(";supports firewall:prefilter;"));
}

TEST(ListHooks, HasTheGeneralOnesAroundAProtocolsOwn) {
  const std::string hooks = printed([] { list_hooks(); });
  EXPECT_THAT(hooks, HasSubstr("tls:request_started\ntls:client_in_progress\n"));
  EXPECT_THAT(hooks, HasSubstr("http1:request_started\nhttp1:request_line\n"));
  EXPECT_THAT(hooks, HasSubstr("imap:request_started\nimap:request_complete\n"));
  EXPECT_THAT(hooks, HasSubstr("http2:request_started\nhttp2:request_complete\n"));
  EXPECT_THAT(hooks, Not(HasSubstr("\nhttp:")));
}

TEST(ListFrames, ByTransport) {
  const std::string frames = printed([] { list_frames(); });
  EXPECT_THAT(frames, HasSubstr("tcp: nfs.stream\ntcp: nfs.rpc.pdu\n"));
  EXPECT_THAT(frames, HasSubstr("udp: nfs.nfs4.ops\n"));
  EXPECT_THAT(frames, HasSubstr("tcp: doh2.pdu\n"));
}

}  // namespace
}  // namespace culvert
