#include "app/expected_flows.h"

#include "base/hash.h"

namespace culvert {

ExpectedFlows::ExpectedFlows() : seed_(random_seed()) {}

std::uint64_t ExpectedFlows::hash_of(const Tenant& tenant, const IpAddress& client,
                                     const IpAddress& server, std::uint16_t port) const {
  std::uint64_t hash = seed_ ^ port ^ tenant.id << 16;
  hash = hash_bytes(client.bytes(), hash);
  return hash_bytes(server.bytes(), hash);
}

void ExpectedFlows::add(ExpectedFlow flow) {
  const std::uint64_t hash = hash_of(flow.tenant, flow.client, flow.server, flow.server_port);
  const std::lock_guard lock(mutex_);
  if (flows_.size() >= kMost) forget_old(flow.made);
  if (flows_.size() >= kMost) return;
  flows_.emplace(hash, std::move(flow));
  size_.store(flows_.size(), std::memory_order_relaxed);
}

std::optional<ExpectedFlow> ExpectedFlows::take(const Flow& flow, Timestamp now) {
  const std::uint64_t hash =
      hash_of(flow.key.tenant, flow.client(), flow.server(), flow.server_port());
  const std::lock_guard lock(mutex_);
  std::optional<ExpectedFlow> taken;
  const auto [first, last] = flows_.equal_range(hash);
  for (auto at = first; at != last; ++at) {
    const ExpectedFlow& each = at->second;
    if (each.tenant != flow.key.tenant || each.client != flow.client() ||
        each.server != flow.server() || each.server_port != flow.server_port() ||
        now - each.made > kLifetime) {
      continue;
    }
    taken = std::move(at->second);
    flows_.erase(at);
    break;
  }
  if (!taken) forget_old(now);
  size_.store(flows_.size(), std::memory_order_relaxed);
  return taken;
}

void ExpectedFlows::forget_old(Timestamp now) {
  std::erase_if(flows_, [&](const auto& entry) { return now - entry.second.made > kLifetime; });
}

}  // namespace culvert
