#include "control/control_service.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <string>

#include "base/fd.h"

namespace culvert {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

Fd connect_to(std::uint16_t port) {
  Fd fd(::socket(AF_INET, SOCK_STREAM, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(::connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  return fd;
}

/// The whole answer, head and body.
std::string get(std::uint16_t port, const std::string& path) {
  const Fd fd = connect_to(port);
  const std::string request = "GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
  if (::write(fd.get(), request.data(), request.size()) < 0) return {};
  std::string answer;
  char buffer[4096];
  for (ssize_t size = 0; (size = ::read(fd.get(), buffer, sizeof buffer)) > 0;) {
    answer.append(buffer, static_cast<std::size_t>(size));
  }
  return answer;
}

/// An engine of one worker that runs as told.
struct FakeEngine {
  EngineStatus status() {
    EngineStatus status;
    status.workers.resize(1);
    status.workers[0].capture_open = true;
    status.workers[0].turns = moves ? ++turns : turns.load();
    status.rule_generation = 1;
    status.draining = draining;
    return status;
  }
  EngineView view() {
    return {[this] { return status(); },
            [this] { return std::vector<const std::vector<NamedCounter>*>{&counters}; }};
  }
  std::atomic<std::uint64_t> turns{1};
  std::atomic<bool> moves{true}, draining{false};
  Counter packets;
  std::vector<NamedCounter> counters{{"decoder.pkts", "packets", CounterKind::kCounter, &packets}};
};

TEST(HttpAddress, Parses) {
  const std::tuple<const char*, const char*, int> cases[] = {
      {"127.0.0.1:9090", "127.0.0.1", 9090},
      {"[::1]:80", "::1", 80},
      {":8080", "0.0.0.0", 8080},
      {"8080", "0.0.0.0", 8080},
  };
  for (const auto& [text, host, port] : cases) {
    const auto address = parse_http_address(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(address->host, host);
    EXPECT_EQ(address->port, port);
  }
  for (const char* text : {"", "::1:80", "a:b", "1.2.3.4:70000", "1.2.3.4:", "80 "}) {
    EXPECT_FALSE(parse_http_address(text)) << text;
  }
}

TEST(ControlService, Answers) {
  FakeEngine engine;
  engine.packets.add(42);
  auto service = ControlService::start("127.0.0.1:0", engine.view());
  ASSERT_TRUE(service) << service.error().text();
  const std::uint16_t port = (*service)->port();
  EXPECT_THAT(get(port, "/health/ready"), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(get(port, "/health/live"), HasSubstr("\"status\":\"live\""));
  const std::string metrics = get(port, "/metrics");
  EXPECT_THAT(metrics, HasSubstr("Content-Type: text/plain; version=0.0.4"));
  EXPECT_THAT(metrics, HasSubstr("\nculvert_decoder_pkts_total{worker=\"0\"} 42\n"));
  EXPECT_THAT(metrics, HasSubstr("\nculvert_ready 1\n"));
  EXPECT_THAT(get(port, "/other"), StartsWith("HTTP/1.1 404"));
  engine.draining = true;
  EXPECT_THAT(get(port, "/health/ready"), StartsWith("HTTP/1.1 503"));
  EXPECT_THAT(get(port, "/health/live"), StartsWith("HTTP/1.1 200"));
}

TEST(ControlService, SeesAStall) {
  using namespace std::chrono_literals;
  FakeEngine engine;
  auto service =
      ControlService::start("127.0.0.1:0", engine.view(), {.ready_stall = 40ms, .live_stall = 60s});
  ASSERT_TRUE(service);
  EXPECT_TRUE((*service)->report().ready());
  engine.moves = false;
  (void)(*service)->report();
  std::this_thread::sleep_for(80ms);
  EXPECT_THAT(get((*service)->port(), "/health/ready"), HasSubstr("has not moved"));
  engine.moves = true;
  EXPECT_THAT(get((*service)->port(), "/health/ready"), StartsWith("HTTP/1.1 200"));
}

TEST(ControlService, ProberThatHangsKeepsNobodyOut) {
  FakeEngine engine;
  auto service = ControlService::start("127.0.0.1:0", engine.view());
  ASSERT_TRUE(service);
  const Fd silent = connect_to((*service)->port());
  EXPECT_THAT(get((*service)->port(), "/health/ready"), StartsWith("HTTP/1.1 200"));
}

TEST(ControlService, PortInUseIsAnError) {
  FakeEngine engine;
  auto first = ControlService::start("127.0.0.1:0", engine.view());
  ASSERT_TRUE(first);
  const auto second =
      ControlService::start("127.0.0.1:" + std::to_string((*first)->port()), engine.view());
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().message, HasSubstr("cannot listen"));
}

}  // namespace
}  // namespace culvert
