#include "protocols/smb/smb_keywords.h"

#include <algorithm>
#include <memory>
#include <string>

#include "detect/rule_draft.h"
#include "protocols/dcerpc/dcerpc_keywords.h"
#include "protocols/smb/smb_transaction.h"
#include "rule/value.h"

namespace culvert::smb {
namespace {

constexpr BufferSide kAlways{true, 0};
constexpr TransactionHook kHook{
    .proto = AppProto::kSmb, .to_server = kAlways, .to_client = kAlways};

const SmbTransaction& smb(const BufferRequest& request) {
  return static_cast<const SmbTransaction&>(request.transaction);
}

template <bool kPipe>
std::optional<Bytes> get_share(const BufferRequest& request) {
  const TreeConnect* const tree = smb(request).tree.get();
  if (tree == nullptr || tree->is_pipe != kPipe) return std::nullopt;
  return as_bytes(tree->share);
}

template <std::string Ntlmssp::*kField>
std::optional<Bytes> get_ntlmssp(const BufferRequest& request) {
  const SessionSetup* const session = smb(request).session.get();
  if (session == nullptr || !session->blob.ntlmssp) return std::nullopt;
  return as_bytes((*session->blob.ntlmssp).*kField);
}

struct VersionIs final : Keyword {
  explicit VersionIs(std::uint8_t want) : wanted(want) {}
  bool match(const MatchContext& context) const noexcept override {
    return static_cast<const SmbTransaction&>(*context.transaction).version == wanted;
  }
  const std::uint8_t wanted;
};

Result<void> compile_version(RuleBuilder& rule, std::string_view argument) {
  if (const auto* const draft = dynamic_cast<const RuleDraft*>(&rule)) {
    if (std::ranges::count(draft->ast.options, "smb.version", &RuleOption::name) > 1) {
      return failure("Can't use 2 or more smb.version declarations");
    }
  }
  const std::string_view text = trim(argument);
  if (text != "1" && text != "2") {
    return failure("\"" + std::string(text) + "\" is no version of SMB: there are 1 and 2");
  }
  return rule.add_transaction_match(
      kHook, std::make_unique<const VersionIs>(static_cast<std::uint8_t>(text[0] - '0')));
}

constexpr KeywordSpec kVersion{.name = "smb.version",
                               .help = "version of SMB: 1 or 2, which is 3 as well",
                               .compile = compile_version};

}  // namespace

constinit const KeywordSpec* const kSmbKeywords[1] = {&kVersion};

const BufferSpec kSmbBuffers[5] = {
    {.name = "smb.named_pipe",
     .description = "path of a tree connect to named pipes",
     .proto = AppProto::kSmb,
     .to_server = kAlways,
     .get = get_share<true>,
     .alias = "smb_named_pipe"},
    {.name = "smb.share",
     .description = "path of a tree connect to a share that is not of named pipes",
     .proto = AppProto::kSmb,
     .to_server = kAlways,
     .get = get_share<false>,
     .alias = "smb_share"},
    {.name = "smb.ntlmssp_user",
     .description = "user of NTLMSSP in a session setup",
     .proto = AppProto::kSmb,
     .to_server = kAlways,
     .get = get_ntlmssp<&Ntlmssp::user>},
    {.name = "smb.ntlmssp_domain",
     .description = "domain of NTLMSSP in a session setup",
     .proto = AppProto::kSmb,
     .to_server = kAlways,
     .get = get_ntlmssp<&Ntlmssp::domain>},
    dcerpc::stub_data_of(AppProto::kSmb, dcerpc::get_stub_data)};

}  // namespace culvert::smb
