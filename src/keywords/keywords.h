// The generic keywords, each with its file; builtin/keywords.cc lists them.
#pragma once

#include "detect/keyword.h"

namespace culvert::keywords {

// meta.cc
extern const KeywordSpec kMsg, kSid, kRev, kGid, kClasstype, kPriority, kReference, kMetadata, kTarget;
extern const KeywordSpec kRequires, kNoalert, kBypass;
extern const KeywordSpec kAlert;                              // meta.cc
// content.cc, content_modifiers.cc
extern const KeywordSpec kContent, kNocase, kRawbytes, kDepth, kOffset, kDistance, kWithin, kStartswith,
    kEndswith, kFastPattern, kReplace;
extern const KeywordSpec kPktData;                            // pkt_data.cc
extern const KeywordSpec kFrame;                              // frame.cc
extern const KeywordSpec kPcre;                               // pcre.cc
extern const KeywordSpec kIsdataat;                           // isdataat.cc
extern const KeywordSpec kBsize;                              // bsize.cc
extern const KeywordSpec kByteTest;                           // byte_tests.cc
extern const KeywordSpec kByteJump;                           // byte_jump.cc
extern const KeywordSpec kByteExtract;                        // byte_extract.cc
extern const KeywordSpec kByteMath;                           // byte_math.cc
extern const KeywordSpec kDsize;                              // dsize.cc
extern const KeywordSpec kFlow;                               // flow.cc
extern const KeywordSpec kFlowbits;                           // flowbits.cc
extern const KeywordSpec kThreshold, kDetectionFilter;        // threshold.cc
extern const KeywordSpec kAppLayerProtocol;                   // app_layer_protocol.cc
extern const KeywordSpec kAppLayerEvent;                      // app_layer_event.cc
extern const KeywordSpec kAppLayerState;                      // app_layer_state.cc
extern const KeywordSpec kDecodeEvent, kStreamEvent, kEngineEvent;  // packet_event.cc
extern const KeywordSpec kItype, kIcode;                      // icmp_type.cc
extern const KeywordSpec kTcpFlags;                           // tcp_flags.cc
extern const KeywordSpec kIpProto;                            // ip_proto.cc
extern const KeywordSpec kGeoip;                              // geoip.cc
extern const KeywordSpec kPrefilter;                          // prefilter.cc
extern const KeywordSpec kHostbits, kXbits;                   // shared_bits.cc
extern const KeywordSpec kDataset, kDatarep;                  // dataset.cc
extern const KeywordSpec kIprep;                              // iprep.cc
extern const KeywordSpec kTag;                                // tag.cc
extern const KeywordSpec kBase64Decode, kBase64Data;          // base64_decode.cc
extern const KeywordSpec kEntropy;                            // entropy.cc
extern const KeywordSpec kRpc;                                // rpc.cc
extern const KeywordSpec kAsn1;                               // asn1.cc
extern const KeywordSpec kConfig;                             // config.cc
extern const KeywordSpec kFlowvar, kPktvar;                   // captured.cc
extern const KeywordSpec kFilename, kFileext, kFilemagic;     // file_names.cc
extern const KeywordSpec kFilesize;                           // filesize.cc
extern const KeywordSpec kFilemd5, kFilesha1, kFilesha256;    // file_digest_lists.cc
extern const KeywordSpec kFilestore;                          // filestore.cc
extern const KeywordSpec kAbsent;                             // absent.cc
extern const KeywordSpec kNfqSetMark;                         // nfq_set_mark.cc

}  // namespace culvert::keywords
