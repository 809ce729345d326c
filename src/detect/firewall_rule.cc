// Rules of firewall files: they stand at a hook, say how far their action reaches, and look at what
// is there at that hook.

#include <algorithm>

#include "app/protocol_spec.h"
#include "detect/firewall_options.h"
#include "detect/rule_compiler.h"

namespace culvert {
namespace {

/// "accept:flow,pass:flow,alert", as records name it.
std::string policy_text(const RuleAst& ast, bool alerts) {
  std::string text;
  const ActionScope scope = ast.actions.front().scope;
  for (const RuleAction& each : ast.actions) {
    if (each.action == RuleVerb::kAlert) continue;
    if (!text.empty()) text += ",";
    text += each.action == RuleVerb::kReject ? "rejectsrc" : to_string(each.action);
    text += ":";
    text += to_string(each.scope == ActionScope::kUnset ? scope : each.scope);
  }
  return alerts ? text + ",alert" : text;
}

std::string_view packet_hook_name(PacketHook hook) {
  switch (hook) {
    case PacketHook::kPreFlow:
      return "packet:pre_flow";
    case PacketHook::kPreStream:
      return "packet:pre_stream";
    case PacketHook::kNone:
    case PacketHook::kAll:
    case PacketHook::kFlowStart:
      break;
  }
  return "packet:filter";
}

std::string app_hook_name(const RuleDraft& draft) {
  for (const TransactionHook& hook : draft.hooks) {
    const ProtocolSpec* const spec = draft.catalog.find_protocol(hook.proto);
    const Direction direction = hook.to_server.exists ? Direction::kToServer : Direction::kToClient;
    const std::size_t progress =
        hook.to_server.exists ? hook.to_server.progress : hook.to_client.progress;
    if (spec == nullptr) continue;
    const std::string_view state = hook_name(*spec, direction, progress);
    if (!state.empty()) return std::string(name_of(hook.proto)) + ":" + std::string(state);
  }
  return {};
}

Result<void> check_packet_rule(const RuleDraft& draft, const FirewallAction& action,
                               PacketHook hook) {
  if (draft.ast.up_to_hook) {
    return failure("the notation <hook is for hooks of application protocols");
  }
  if (hook == PacketHook::kPreFlow &&
      (action.scope == ActionScope::kFlow || action.scope == ActionScope::kTx)) {
    return failure("action scope (\"" + std::string(to_string(action.scope)) +
                   "\") is not valid for the \"pre_flow\" hook. Valid scopes: packet/hook");
  }
  const bool looks_at_transactions =
      !draft.transaction_matches.empty() ||
      std::ranges::any_of(draft.buffers, [](const DraftBuffer& buffer) {
        return buffer.kind == DraftBuffer::Kind::kTransaction;
      });
  if (looks_at_transactions) {
    return failure("a rule at a hook of packets cannot look at transactions: "
                   "name a hook of the protocol, such as tls:client_hello_done");
  }
  return {};
}

Result<void> check_app_rule(const RuleDraft& draft, const FirewallAction& action) {
  const bool accepts = action.verb == RuleVerb::kAccept;
  if (draft.ast.up_to_hook && !accepts) {
    return failure("auto-accept notation (<hook) can only be used with accept:flow, accept:tx and "
                   "accept:hook");
  }
  if (draft.ast.direction == RuleDirection::kTransactional) {
    return failure("transactional bidirectional rules not supported for firewall rules");
  }
  // `dns` is also a name for doh2, which does not run over UDP: one that does is enough.
  const bool has_udp = std::ranges::any_of(draft.hooks, [&](const TransactionHook& hook) {
    const ProtocolSpec* const spec = draft.catalog.find_protocol(hook.proto);
    return spec != nullptr && std::ranges::find(spec->ip_protos, 17) != std::end(spec->ip_protos);
  });
  if (action.scope == ActionScope::kPacket && !has_udp) {
    return failure("action scope \"packet\" cannot be used with a hook of a protocol that does "
                   "not run over UDP");
  }
  return {};
}

}  // namespace

Result<void> check_hook_progress(const RuleDraft& draft) {
  for (const DraftBuffer& buffer : draft.buffers) {
    if (buffer.kind != DraftBuffer::Kind::kTransaction) continue;
    for (const BufferOfProtocol& source : *buffer.protocols) {
      for (const TransactionHook& hook : draft.hooks) {
        if (hook.proto != source.protocol->proto) continue;
        const BufferSide& at = hook.to_server.exists ? hook.to_server : hook.to_client;
        const BufferSide& side = hook.to_server.exists ? source.to_server : source.to_client;
        if (!side.exists) {
          return failure(buffer.name + " and the hook are of different directions");
        }
        // Parts of HTTP are whole when the state after theirs begins.
        const bool whole_after = hook.proto == AppProto::kHttp1 && side.progress == at.progress + 1;
        if (side.progress != at.progress && !whole_after) {
          return failure(buffer.name + ": engine progress value " + std::to_string(side.progress) +
                         " doesn't match hook " + std::to_string(at.progress));
        }
      }
    }
  }
  return {};
}

Result<void> compile_firewall_rule(const RuleDraft& draft, CompiledRule& rule) {
  const RuleAst& ast = draft.ast;
  FirewallAction& action = rule.firewall;
  action.verb = ast.actions.front().action;
  action.scope = ast.actions.front().scope;
  action.up_to_hook = ast.up_to_hook;
  if (ast.has_action(RuleVerb::kPass)) {
    (action.scope == ActionScope::kFlow ? action.passes_flow : action.passes_packet) = true;
  }
  if (ast.hook.empty()) {
    return failure("the rule is loaded as a firewall rule, but does not specify an explicit hook");
  }
  const bool of_app = !draft.hooks.empty();
  auto done = of_app ? check_app_rule(draft, action) : check_packet_rule(draft, action, rule.hook);
  if (!done) return done;
  rule.meta.firewall_policy = policy_text(ast, rule.meta.is_alert);
  rule.meta.firewall_hook =
      of_app ? app_hook_name(draft) : std::string(packet_hook_name(rule.hook));
  return {};
}

}  // namespace culvert
