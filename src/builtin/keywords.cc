#include "builtin/keywords.h"

#include <array>
#include <vector>

#include "keywords/flow_numbers.h"
#include "keywords/file_buffers.h"
#include "keywords/flowint.h"
#include "keywords/keyword_tables.h"
#include "keywords/keywords.h"
#include "keywords/packet_fields.h"
#include "keywords/packet_flags.h"
#include "keywords/packet_headers.h"
#include "keywords/transforms.h"
#include "lua/lua_keyword.h"

namespace culvert {

std::span<const KeywordSpec* const> builtin_keywords() {
  using namespace keywords;
  static constexpr std::array kKeywords{
      // what the rule says about itself
      &kMsg, &kSid, &kRev, &kGid, &kClasstype, &kPriority, &kReference, &kMetadata, &kTarget,
      &kRequires, &kNoalert, &kAlert, &kBypass, &kPrefilter,
      // buffers
      &kContent, &kNocase, &kRawbytes, &kDepth, &kOffset, &kDistance, &kWithin, &kStartswith,
      &kEndswith, &kFastPattern, &kReplace, &kPktData, &kFrame, &kPcre, &kIsdataat, &kBsize,
      &kByteTest, &kByteJump, &kByteExtract, &kByteMath, &kBase64Decode, &kBase64Data, &kEntropy,
      &kAsn1, &kAbsent, &kDataset, &kDatarep,
      // flows and packets
      &kFlow, &kFlowbits, &kFlowint, &kFlowvar, &kPktvar, &kHostbits, &kXbits, &kTag, &kRpc,
      &kConfig, &kNfqSetMark, &kDsize, &kItype, &kIcode, &kTcpFlags, &kIpProto, &kGeoip, &kIprep,
      &kThreshold, &kDetectionFilter, &kAppLayerProtocol, &kAppLayerEvent, &kAppLayerState,
      &kDecodeEvent, &kStreamEvent, &kEngineEvent,
      // files
      &kFilename, &kFileext, &kFilemagic, &kFilesize, &kFilemd5, &kFilesha1, &kFilesha256,
      &kFilestore,
      // transforms
      &kToMd5, &kToSha1, &kToSha256, &kToLowercase, &kToUppercase, &kHeaderLowercase,
      &kStripWhitespace, &kCompressWhitespace, &kStripPseudoHeaders, &kDotprefix, &kDomain, &kTld,
      &kUrlDecode, &kXor, &kPcrexform, &kFromBase64, &kGunzip, &kZlibDeflate, &kSubslice,
      // scripts
      &lua::kLua, &lua::kLuaxform};
  // and those that come as tables: numbers and flags of packets and flows
  static const std::vector<const KeywordSpec*> kAll = [] {
    std::vector<const KeywordSpec*> all(kKeywords.begin(), kKeywords.end());
    for (const auto table : {packet_field_keywords(), packet_flag_keywords(),
                             packet_header_keywords(), flow_number_keywords(),
                             csum_keywords(), address_keywords()}) {
      for (const KeywordSpec& spec : table) all.push_back(&spec);
    }
    return all;
  }();
  return kAll;
}

std::span<const BufferSpec* const> builtin_file_buffers() {
  static constexpr std::array kBuffers{&keywords::kFileData, &keywords::kFileName,
                                       &keywords::kFileMagic};
  return kBuffers;
}

}  // namespace culvert
