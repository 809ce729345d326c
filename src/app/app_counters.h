// The counters `app_layer.*` of one worker. Their names depend on which protocols are built in and
// enabled, so they are made at the start.
#pragma once

#include <array>
#include <deque>
#include <string>
#include <vector>

#include "app/app_config.h"
#include "metrics/counter.h"

namespace culvert {

class AppCounters {
 public:
  explicit AppCounters(const AppConfig& config);
  AppCounters(const AppCounters&) = delete;
  AppCounters& operator=(const AppCounters&) = delete;

  /// Of one protocol over one transport.
  struct OfProtocol {
    Counter flows;         ///< detected
    Counter transactions;  ///< made by the parser
    Counter error_gap, error_alloc, error_parser, error_internal;
  };
  OfProtocol& of(AppProto proto, std::uint8_t ip_proto) {
    return table_[ip_proto == 17 ? 1 : 0][static_cast<std::size_t>(proto)];
  }
  Counter failed_tcp, failed_udp;  ///< flows of which the protocol was not recognised
  Counter failed_tcp_gap;          ///< a gap came first
  Counter expectations;
  Counter frames_dropped;

  /// Views names that live as long as this.
  void append(std::vector<NamedCounter>& out) const {
    out.insert(out.end(), named_.begin(), named_.end());
  }

 private:
  void name(std::string name, std::string help, const Counter& counter);

  std::array<std::array<OfProtocol, static_cast<std::size_t>(AppProto::kLast) + 1>, 2> table_;
  std::deque<std::string> texts_;
  std::vector<NamedCounter> named_;
};

}  // namespace culvert
