#include "builtin/keywords.h"

#include <array>

#include "keywords/keywords.h"
#include "keywords/transforms.h"

namespace culvert {

std::span<const KeywordSpec* const> builtin_keywords() {
  using namespace keywords;
  static constexpr std::array kKeywords{
      // what the rule says about itself
      &kMsg, &kSid, &kRev, &kGid, &kClasstype, &kPriority, &kReference, &kMetadata, &kTarget,
      &kRequires, &kNoalert, &kBypass, &kPrefilter,
      // buffers
      &kContent, &kNocase, &kRawbytes, &kDepth, &kOffset, &kDistance, &kWithin, &kStartswith,
      &kEndswith, &kFastPattern, &kReplace, &kPktData, &kPcre, &kIsdataat, &kBsize, &kByteTest,
      &kByteJump, &kByteExtract, &kByteMath,
      // flows and packets
      &kFlow, &kFlowbits, &kDsize, &kItype, &kIcode, &kTcpFlags, &kIpProto, &kGeoip, &kThreshold,
      &kDetectionFilter, &kAppLayerProtocol, &kAppLayerEvent, &kDecodeEvent, &kStreamEvent,
      &kEngineEvent,
      // transforms
      &kToMd5, &kToSha1, &kToSha256, &kToLowercase, &kToUppercase, &kHeaderLowercase,
      &kStripWhitespace, &kCompressWhitespace, &kStripPseudoHeaders, &kDotprefix, &kDomain, &kTld,
      &kUrlDecode, &kXor, &kPcrexform, &kFromBase64, &kGunzip, &kZlibDeflate, &kSubslice};
  return kKeywords;
}

}  // namespace culvert
