#include "control/http_service.h"

#include <httplib.h>
#include <sys/socket.h>

#include <charconv>
#include <chrono>
#include <thread>

namespace culvert {

struct HttpService::Impl {
  httplib::Server server;
  std::thread thread;
  std::uint16_t port = 0;
};

Result<HttpAddress> parse_http_address(std::string_view text) {
  const auto wrong = [&text] {
    return failure("\"" + std::string(text) +
                   "\" is not an address such as 0.0.0.0:9090, [::]:9090 or 9090");
  };
  HttpAddress address;
  std::string_view port = text;
  if (const std::size_t colon = text.rfind(':'); colon != text.npos) {
    std::string_view host = text.substr(0, colon);
    port = text.substr(colon + 1);
    if (host.starts_with('[') && host.ends_with(']')) {
      host = host.substr(1, host.size() - 2);
    } else if (host.find(':') != host.npos) {
      return wrong();  // an IPv6 address without brackets: where does it end?
    }
    address.host = host;
  }
  const char* const end = port.data() + port.size();
  const auto [stop, error] = std::from_chars(port.data(), end, address.port);
  if (error != std::errc{} || stop != end) return wrong();
  if (address.host.empty() || address.host == "*") address.host = "0.0.0.0";
  return address;
}

HttpService::HttpService(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Result<std::unique_ptr<HttpService>> HttpService::start(const HttpAddress& address,
                                                        std::vector<HttpRoute> routes) {
  // A load balancer probes from each of its nodes, and a node that hangs must not keep others out:
  // a few threads, short patience, and nobody keeps a connection for long.
  constexpr std::size_t kThreads = 4;
  constexpr time_t kPatienceSeconds = 2;
  constexpr std::size_t kMaxRequestBytes = 16384;

  auto impl = std::make_unique<Impl>();
  httplib::Server& server = impl->server;
  server.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
  server.set_read_timeout(kPatienceSeconds);
  server.set_write_timeout(kPatienceSeconds);
  server.set_keep_alive_timeout(kPatienceSeconds);
  server.set_keep_alive_max_count(100);
  server.set_payload_max_length(kMaxRequestBytes);
  server.set_tcp_nodelay(true);
  // Not the library's default, SO_REUSEPORT: a second process shall find the port taken.
  server.set_socket_options([](int socket) {
    const int on = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  });
  for (HttpRoute& route : routes) {
    server.Get(route.path, [answer = std::move(route.answer)](const httplib::Request&,
                                                              httplib::Response& response) {
      HttpAnswer a = answer();
      response.status = a.status;
      response.set_header("Cache-Control", "no-store");
      response.set_content(std::move(a.body), a.content_type);
    });
  }
  server.set_error_handler([](const httplib::Request&, httplib::Response& response) {
    if (!response.body.empty()) return;
    response.set_content("{\"status\":" + std::to_string(response.status) + "}\n",
                         "application/json");
  });

  const bool any_port = address.port == 0;
  const int port = any_port ? server.bind_to_any_port(address.host)
                            : (server.bind_to_port(address.host, address.port) ? address.port : -1);
  if (port <= 0) {
    return failure("cannot listen on " + address.host + " port " + std::to_string(address.port) +
                   ": is it in use?");
  }
  impl->port = static_cast<std::uint16_t>(port);
  impl->thread = std::thread([&server] { server.listen_after_bind(); });
  // stop() does nothing before the loop runs.
  while (!server.is_running()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  return std::unique_ptr<HttpService>(new HttpService(std::move(impl)));
}

HttpService::~HttpService() {
  impl_->server.stop();
  impl_->thread.join();
}

std::uint16_t HttpService::port() const { return impl_->port; }

}  // namespace culvert
