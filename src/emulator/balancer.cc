#include "emulator/balancer.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/hash.h"
#include "emulator/tcp_reset.h"

namespace culvert::emulator {
namespace {

/// Multicast and link-local packets never meet a route to an endpoint.
bool is_routable(const InnerPacket& packet) {
  const auto is_link_local = [](const IpAddress& address) {
    return address.is_v4() ? address.v4_value() >> 16 == 0xa9fe : address.high() >> 54 == 0x3fa;
  };
  return !packet.destination.is_multicast() && !is_link_local(packet.destination) &&
         !is_link_local(packet.source) && !packet.source.is_unspecified();
}

bool opens_connection(const InnerPacket& packet) {
  return (packet.tcp_flags & (kTcpSyn | kTcpAck)) == kTcpSyn;
}

}  // namespace

Balancer::Balancer(const EmulatorOptions& options, std::uint64_t seed)
    : options_(options),
      seed_(seed),
      group_(options.targets,
             options.health_check.protocol != HealthCheckOptions::Protocol::kNone) {
  for (std::size_t i = 0; i < options_.endpoints.size(); ++i)
    endpoint_indexes_[options_.endpoints[i].id] = i;
}

Forwarded Balancer::forward(std::size_t endpoint_index, Side from, Bytes inner, EmulatorTime now,
                            std::span<std::byte, kEncapsulationBytes> header) {
  ++counters_.received_packets;
  counters_.received_bytes += inner.size();
  Forwarded instead;
  const auto packet = InnerPacket::parse(inner);
  if (!packet) {
    counters_.count(NotForwarded::kMalformed);
    return instead;
  }
  if (!is_routable(*packet)) {
    counters_.count(NotForwarded::kNotRoutable);
    return instead;
  }
  if (inner.size() > options_.max_inner_bytes) {
    counters_.count(NotForwarded::kTooLarge);
    return instead;
  }
  const std::uint64_t endpoint = options_.endpoints[endpoint_index].id;
  const FlowKey key = FlowKey::make(endpoint, *packet, options_.stickiness);
  Flow* const flow = flow_for(key, *packet, from, now, instead);
  if (flow == nullptr) return instead;

  flow->last_seen = now;
  if (packet->is_tcp() && (packet->tcp_flags & (kTcpFin | kTcpRst)) != 0) flow->closed = true;
  const Envelope envelope = envelope_for(*flow, key, from, packet->source.is_v6());
  flow->latest[static_cast<std::size_t>(from)] = envelope;
  flow->sent.add(
      {.inner_hash = hash_bytes(inner, seed_), .sent_at = now, .envelope = envelope, .from = from});
  Target& target = group_.targets()[flow->target];
  ++target.sent_packets;
  ++counters_.sent_packets;
  counters_.sent_bytes += inner.size();
  write_encapsulation(header, envelope, target.address, inner, options_.udp_checksum);
  return {.what = Forwarded::What::kSend, .target = target.address, .reply = {}};
}

Balancer::Flow* Balancer::flow_for(const FlowKey& key, const InnerPacket& packet, Side from,
                                   EmulatorTime now, Forwarded& instead) {
  // Only where a flow is a connection can the load balancer know that it is missing its start.
  const bool needs_start = packet.is_tcp() && packet.has_ports && !opens_connection(packet) &&
                           options_.stickiness == Stickiness::kFiveTuple;
  auto found = flows_.find(key);
  if (found != flows_.end() && is_idle(*found->second, now)) {
    if (needs_start) {
      if (options_.reset_on_idle_timeout) {
        instead = answer_with_reset(found, packet);
      } else {
        counters_.count(NotForwarded::kNoFlow);
      }
      return nullptr;
    }
    forget(found);
    found = flows_.end();
  } else if (found != flows_.end() && found->second->closed && opens_connection(packet)) {
    renew(*found->second, found->first);  // the ports are used again
    ++counters_.new_flows;
  }
  if (found != flows_.end())
    return fail_over(found, packet, instead) ? found->second.get() : nullptr;

  if (needs_start) {
    counters_.count(NotForwarded::kNoFlow);
    return nullptr;
  }
  if (flows_.size() >= options_.max_flows) {
    counters_.count(NotForwarded::kTooManyFlows);
    return nullptr;
  }
  const auto target = group_.choose(key.hash(seed_));
  if (!target) {
    counters_.count(NotForwarded::kNoTarget);
    return nullptr;
  }
  auto flow = std::make_unique<Flow>();
  flow->initiator = packet.source;
  flow->initiator_side = from;
  flow->is_tcp = packet.is_tcp();
  flow->target = *target;
  flow->cookie = next_cookie();
  ++counters_.new_flows;
  ++group_.targets()[*target].flows;
  return flows_.emplace(key, std::move(flow)).first->second.get();
}

bool Balancer::fail_over(FlowMap::iterator found, const InnerPacket& packet, Forwarded& instead) {
  Flow& flow = *found->second;
  Target& target = group_.targets()[flow.target];
  const bool is_gone = target.registration == Target::Registration::kUnused;
  const bool is_ill = target.health == Health::kUnhealthy &&
                      target.registration == Target::Registration::kRegistered;
  if (!is_gone && !is_ill) return true;
  switch (options_.failover) {
    case Failover::kRebalance:
      if (const auto next = group_.choose(found->first.hash(seed_)); next && *next != flow.target) {
        renew(flow, found->first);
        ++counters_.rebalanced_flows;
        return true;
      }
      break;
    case Failover::kTcpReset:
      if (packet.is_tcp()) {
        instead = answer_with_reset(found, packet);
        return false;
      }
      break;
    case Failover::kNoRebalance:
      break;
  }
  if (is_gone) counters_.count(NotForwarded::kTargetGone);
  return !is_gone;
}

Forwarded Balancer::answer_with_reset(FlowMap::iterator flow, const InnerPacket& packet) {
  forget(flow);
  counters_.count(NotForwarded::kResetSent);
  if ((packet.tcp_flags & kTcpRst) != 0) return {};  // a RST is never answered
  return {.what = Forwarded::What::kReply, .target = 0, .reply = make_tcp_reset(packet)};
}

Envelope Balancer::envelope_for(const Flow& flow, const FlowKey& key, Side from, bool is_v6) {
  const std::uint64_t flow_hash = key.hash(seed_);
  const std::uint64_t direction_hash = mix64(flow_hash, from == Side::kClient ? 0x51ab : 0xa7c3);
  std::uint64_t chooser = address_salt_;
  switch (options_.spread) {
    case Spread::kFlow:
      chooser += flow_hash;
      break;
    case Spread::kDirection:
      chooser += flow_hash + (from == Side::kClient ? 0 : 1);
      break;
    case Spread::kPacket:
      chooser += packet_count_++;
      break;
  }
  Envelope envelope;
  envelope.gwlb_address = options_.addresses[chooser % options_.addresses.size()];
  // The two directions of a connection are not promised the same port, and do not get it.
  envelope.entropy_port = static_cast<std::uint16_t>(1024 + direction_hash % 64000);
  if (envelope.entropy_port == kGenevePort) ++envelope.entropy_port;
  envelope.cookie = flow.cookie;
  envelope.endpoint = key.endpoint;
  envelope.attachment = mix64(envelope.gwlb_address, 0x9e3779b97f4a7c15u);
  envelope.inner_is_v6 = is_v6;
  return envelope;
}

std::optional<Delivery> Balancer::accept(Bytes bytes, bool checksum_there, EmulatorTime now) {
  const auto packet = parse_returned(bytes, checksum_there);
  if (!packet) return reject(packet.error(), bytes);
  const auto target = group_.find(packet->source);
  if (!target) return reject(Violation::kNotFromTarget, bytes);
  const auto endpoint = endpoint_indexes_.find(packet->endpoint);
  if (endpoint == endpoint_indexes_.end()) return reject(Violation::kUnknownEndpoint, bytes);
  if (packet->inner_bytes.size() > options_.max_inner_bytes)
    return reject(Violation::kInnerTooLarge, bytes);

  const auto found =
      flows_.find(FlowKey::make(packet->endpoint, packet->inner, options_.stickiness));
  Flow* const flow = found == flows_.end() ? nullptr : found->second.get();
  SentPackets::Entry* const entry =
      flow == nullptr ? nullptr : flow->sent.find(hash_bytes(packet->inner_bytes, seed_));
  if (entry == nullptr) return accept_made(*packet, endpoint->second, flow, bytes);
  if (const auto difference = compare(*packet, entry->envelope)) return reject(*difference, bytes);
  if (entry->returned) return reject(Violation::kDuplicate, bytes);
  entry->returned = true;
  flow->last_seen = now;
  ++group_.targets()[*target].returned_packets;
  ++counters_.returned_packets;
  counters_.returned_bytes += packet->inner_bytes.size();
  return Delivery{endpoint->second, opposite(entry->from), packet->inner_bytes};
}

std::optional<Delivery> Balancer::accept_made(const ReturnedPacket& packet,
                                              std::size_t endpoint_index, Flow* flow, Bytes bytes) {
  const InnerPacket& inner = packet.inner;
  const bool is_reset = flow != nullptr && inner.is_tcp() && inner.tcp_payload_bytes == 0 &&
                        (inner.tcp_flags & kTcpRst) != 0;
  const auto quoted = quoted_by_icmp_error(inner);
  if (quoted) {
    // It belongs to the flow it tells about, not to one of ICMP between its own two addresses.
    const auto found = flows_.find(FlowKey::make(packet.endpoint, *quoted, options_.stickiness));
    flow = found == flows_.end() ? nullptr : found->second.get();
  }
  if (flow == nullptr) return reject(Violation::kUnknownFlow, bytes);
  if (!is_reset && !quoted) return reject(Violation::kInnerModified, bytes);

  std::optional<Violation> difference = Violation::kGeneveHeader;
  for (const std::optional<Envelope>& envelope : flow->latest) {
    if (!envelope || !difference) continue;
    difference = compare(packet, *envelope);
    if (difference == Violation::kGeneveHeader && packet.cookie == flow->previous_cookie)
      difference = Violation::kStaleCookie;
  }
  if (difference) return reject(*difference, bytes);
  if (!has_right_checksums(packet.inner_bytes, inner))
    return reject(Violation::kMadeChecksum, bytes);
  if (is_reset) {
    ++counters_.made_resets;
    flow->closed = true;
  } else {
    ++counters_.made_icmp_errors;
  }
  const Side side =
      inner.destination == flow->initiator ? flow->initiator_side : opposite(flow->initiator_side);
  return Delivery{endpoint_index, side, packet.inner_bytes};
}

std::optional<Violation> Balancer::compare(const ReturnedPacket& packet, const Envelope& envelope) {
  if (packet.destination != envelope.gwlb_address) return Violation::kGwlbAddress;
  if (packet.source_port != envelope.entropy_port) return Violation::kSourcePort;
  const GeneveHeaderBytes expected = encode_geneve(envelope);
  const bool is_same =
      std::equal(packet.geneve.begin(), packet.geneve.end(), expected.begin(), expected.end());
  return is_same ? std::nullopt : std::optional(Violation::kGeneveHeader);
}

std::optional<Delivery> Balancer::reject(Violation violation, Bytes bytes) {
  counters_.count(violation);
  if (notes_.size() < kMaxNotes) {
    constexpr std::size_t kShownBytes = 120;
    std::string text = fmt::format("{}:", kViolationNames[static_cast<std::size_t>(violation)]);
    for (const std::byte byte : bytes.first(std::min(bytes.size(), kShownBytes)))
      text += fmt::format("{:02x}", std::to_integer<unsigned>(byte));
    notes_.push_back(std::move(text));
  }
  return std::nullopt;
}

bool Balancer::is_idle(const Flow& flow, EmulatorTime now) const {
  const auto limit = flow.is_tcp ? options_.tcp_idle_timeout : options_.other_idle_timeout;
  return flow.expired || now - flow.last_seen > limit;
}

std::uint32_t Balancer::next_cookie() {
  return static_cast<std::uint32_t>(mix64(seed_ ^ ++cookie_count_, 0xe7037ed1a0b428db));
}

void Balancer::renew(Flow& flow, const FlowKey& key) {
  const std::size_t target = group_.choose(key.hash(seed_)).value_or(flow.target);
  --group_.targets()[flow.target].flows;
  ++group_.targets()[target].flows;
  flow.target = target;
  flow.previous_cookie = flow.cookie;
  flow.cookie = next_cookie();
  flow.closed = false;
}

void Balancer::forget(FlowMap::iterator flow) {
  --group_.targets()[flow->second->target].flows;
  flows_.erase(flow);
}

void Balancer::advance(EmulatorTime now) {
  group_.advance(now);
  for (auto flow = flows_.begin(); flow != flows_.end();) {
    // A TCP flow is remembered for as long again, so that its late packets can be told from strays.
    const auto next = std::next(flow);
    const bool is_tcp = flow->second->is_tcp;
    const auto limit = is_tcp ? 2 * options_.tcp_idle_timeout : options_.other_idle_timeout;
    if (now - flow->second->last_seen > limit) forget(flow);
    flow = next;
  }
}

void Balancer::set_health(std::uint32_t target, Health health) {
  if (const auto index = group_.find(target)) group_.targets()[*index].health = health;
}

Result<void> Balancer::deregister_target(std::uint32_t target, EmulatorTime now) {
  return group_.deregister_target(target, now, options_.deregistration_delay);
}

void Balancer::change_cookies() {
  for (auto& [key, flow] : flows_) {
    flow->previous_cookie = flow->cookie;
    flow->cookie = next_cookie();
    ++counters_.cookie_changes;
  }
}

void Balancer::change_addresses() { ++address_salt_; }

void Balancer::expire_flows() {
  for (auto& [key, flow] : flows_) flow->expired = true;
}

}  // namespace culvert::emulator
