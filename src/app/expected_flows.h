// Flows that another flow has announced: FTP's data connections, by the tenant, both addresses and the
// port they go to. Shared by all workers, as the announced flow may be another worker's; a lock is
// taken only when something is announced or waited for, and then with the first bytes of a flow.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "app/app_proto.h"
#include "base/clock.h"
#include "flow/flow.h"
#include "net/address.h"

namespace culvert {

struct ExpectedFlow {
  Tenant tenant;
  IpAddress client, server;       ///< of the flow that comes
  std::uint16_t server_port = 0;
  AppProto proto = AppProto::kUnknown;
  std::uint64_t parent_id = 0;    ///< of the flow that announced it
  std::uint8_t kind = 0;          ///< the protocol's own
  std::string name;               ///< the protocol's own
  Timestamp made{};
};

class ExpectedFlows {
 public:
  static constexpr std::size_t kMost = 16'384;  ///< announcements that wait; more replace nothing
  static constexpr std::chrono::seconds kLifetime{30};

  ExpectedFlows();
  void add(ExpectedFlow flow);
  /// Whether anything waits: one load.
  bool any() const { return size_.load(std::memory_order_relaxed) != 0; }
  /// What was announced of this flow; it is then no more waited for.
  std::optional<ExpectedFlow> take(const Flow& flow, Timestamp now);

 private:
  std::uint64_t hash_of(const Tenant& tenant, const IpAddress& client, const IpAddress& server,
                        std::uint16_t port) const;
  void forget_old(Timestamp now);

  const std::uint64_t seed_;
  std::mutex mutex_;
  std::unordered_multimap<std::uint64_t, ExpectedFlow> flows_;
  std::atomic<std::size_t> size_{0};
};

}  // namespace culvert
