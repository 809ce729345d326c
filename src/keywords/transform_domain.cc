// dotprefix: a dot in front, so that ".example.com" also meets the domain itself. domain, tld: the
// registered domain ("bbc.co.uk" of "www.bbc.co.uk") and what it is registered under ("co.uk") of a host
// name, by the public suffix list (publicsuffix.org) as libpsl has it built in.

#include <libpsl.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "keywords/transforms.h"

namespace culvert {
namespace {

bool dotprefix(Bytes in, std::vector<std::byte>& out) {
  out.push_back(std::byte{'.'});
  out.insert(out.end(), in.begin(), in.end());
  return true;
}

/// A host name as the public suffix list has it: at most kMaxName bytes, in lower case, without the
/// dot at its end. It ends where the name does, so that a part of it is the same part of the name.
class HostName {
 public:
  static constexpr std::size_t kMaxName = 255;

  explicit HostName(Bytes name) {
    if (!name.empty() && name.back() == std::byte{'.'}) name = name.first(name.size() - 1);
    if (name.size() > kMaxName) return;
    std::ranges::transform(name, text_.begin(), [](std::byte b) {
      const char c = static_cast<char>(b);
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
    });
    if (std::ranges::find(name, std::byte{0}) == name.end()) name_ = name;
  }

  /// What `find` says of it, out of the name; empty: nothing.
  Bytes part(const char* (*find)(const psl_ctx_t*, const char*)) const {
    if (name_.empty()) return {};
    const char* const found = find(psl_builtin(), text_.data());
    return found == nullptr ? Bytes{} : name_.last(std::string_view(found).size());
  }

 private:
  std::array<char, kMaxName + 1> text_{};
  Bytes name_;
};

bool domain(Bytes in, std::vector<std::byte>& out) {
  const Bytes part = HostName(in).part(psl_registrable_domain);
  const Bytes all = part.empty() ? in : part;
  out.assign(all.begin(), all.end());
  return true;
}

bool tld(Bytes in, std::vector<std::byte>& out) {
  const Bytes part = HostName(in).part(psl_unregistrable_domain);
  if (part.size() == in.size()) return true;
  out.assign(part.begin(), part.end());
  return true;
}

constexpr std::string_view kPrefix = "dotprefix", kDomainName = "domain", kTldName = "tld";

}  // namespace

const KeywordSpec keywords::kDotprefix{kPrefix, "a dot before the buffer", KeywordArgument::kNone,
                             compile_plain_transform<kPrefix, dotprefix>};
const KeywordSpec keywords::kDomain{kDomainName, "the registered domain of a host name", KeywordArgument::kNone,
                          compile_plain_transform<kDomainName, domain>};
const KeywordSpec keywords::kTld{kTldName, "the top-level domain of a host name", KeywordArgument::kNone,
                       compile_plain_transform<kTldName, tld>};

}  // namespace culvert
