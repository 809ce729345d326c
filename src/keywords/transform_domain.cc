// dotprefix: a dot in front, so that ".example.com" also meets the domain itself. domain, tld: the
// registered domain and the top-level domain of a host name.

#include "keywords/transforms.h"

namespace culvert {
namespace {

bool dotprefix(Bytes in, std::vector<std::byte>& out) {
  out.push_back(std::byte{'.'});
  out.insert(out.end(), in.begin(), in.end());
  return true;
}

/// The part after the last-but-`dots` dot; everything when there are not that many.
Bytes last_labels(Bytes in, std::size_t labels) {
  std::size_t at = in.size();
  while (at > 0) {
    if (in[at - 1] == std::byte{'.'} && --labels == 0) break;
    --at;
  }
  return in.subspan(at);
}

bool domain(Bytes in, std::vector<std::byte>& out) {
  const Bytes part = last_labels(in, 2);
  out.assign(part.begin(), part.end());
  return true;
}

bool tld(Bytes in, std::vector<std::byte>& out) {
  const Bytes part = last_labels(in, 1);
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
