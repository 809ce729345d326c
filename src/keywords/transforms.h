// Transforms of buffers, each with its file.
#pragma once

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "detect/rule_draft.h"
#include "rule/value.h"

namespace culvert {

namespace keywords {
extern const KeywordSpec kToMd5, kToSha1, kToSha256;                       // transform_hash.cc
extern const KeywordSpec kToLowercase, kToUppercase, kHeaderLowercase;     // transform_case.cc
extern const KeywordSpec kStripWhitespace, kCompressWhitespace;            // transform_whitespace.cc
extern const KeywordSpec kStripPseudoHeaders;                              // transform_pseudo_headers.cc
extern const KeywordSpec kDotprefix, kDomain, kTld;                        // transform_domain.cc
extern const KeywordSpec kUrlDecode;                                       // transform_url_decode.cc
extern const KeywordSpec kXor;                                             // transform_xor.cc
extern const KeywordSpec kPcrexform;                                       // transform_pcre.cc
extern const KeywordSpec kFromBase64;                                      // transform_base64.cc
extern const KeywordSpec kGunzip, kZlibDeflate;                            // transform_inflate.cc
extern const KeywordSpec kSubslice;                                        // transform_subslice.cc
}  // namespace keywords

/// A transform without options: a function. kIdempotent: what it made it would not change again, so
/// that a content which it changes is never in the result.
template <auto kApply, bool kIdempotent = false>
class PlainTransform final : public Transform {
 public:
  explicit PlainTransform(std::string_view name) : name_(name) {}
  bool apply(Bytes in, std::vector<std::byte>& out) const override { return kApply(in, out); }
  std::string key() const override { return name_; }
  bool may_contain(Bytes content) const override {
    if constexpr (!kIdempotent) return true;
    std::vector<std::byte> out;
    return !kApply(content, out) || std::ranges::equal(content, out);
  }

 private:
  std::string name_;
};

/// Compiles one. kName: its KeywordSpec's name.
template <const std::string_view& kName, auto kApply, bool kIdempotent = false>
Result<void> compile_plain_transform(RuleBuilder& rule, std::string_view) {
  return draft_of(rule).add_transform(std::make_shared<PlainTransform<kApply, kIdempotent>>(kName));
}

}  // namespace culvert
