// Transforms of buffers, each with its file.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

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

/// A transform without options: a function.
template <auto kApply>
class PlainTransform final : public Transform {
 public:
  explicit PlainTransform(std::string_view name) : name_(name) {}
  bool apply(Bytes in, std::vector<std::byte>& out) const override { return kApply(in, out); }
  std::string key() const override { return name_; }

 private:
  std::string name_;
};

/// Compiles one. kName: its KeywordSpec's name.
template <const std::string_view& kName, auto kApply>
Result<void> compile_plain_transform(RuleBuilder& rule, std::string_view) {
  return draft_of(rule).add_transform(std::make_shared<PlainTransform<kApply>>(kName));
}

}  // namespace culvert
