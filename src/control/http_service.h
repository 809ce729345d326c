// A small HTTP server for GET: health, metrics. The only place that knows cpp-httplib.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace culvert {

struct HttpAnswer {
  int status = 200;
  std::string content_type = "application/json";
  std::string body = {};
};

/// Answers GET (and HEAD) of one path. Called by several threads at once.
struct HttpRoute {
  std::string path;
  std::function<HttpAnswer()> answer;
};

/// "127.0.0.1:9090", "[::]:9090", ":9090" and "9090" (all addresses).
struct HttpAddress {
  std::string host = {};
  std::uint16_t port = 0;  ///< 0: any that is free
};
Result<HttpAddress> parse_http_address(std::string_view text);

class HttpService {
 public:
  /// Opens the port and answers from then on, with threads of its own.
  static Result<std::unique_ptr<HttpService>> start(const HttpAddress& address,
                                                    std::vector<HttpRoute> routes);
  /// Stops: open connections end, threads are joined.
  ~HttpService();
  HttpService(const HttpService&) = delete;
  HttpService& operator=(const HttpService&) = delete;

  std::uint16_t port() const;

 private:
  struct Impl;
  explicit HttpService(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace culvert
