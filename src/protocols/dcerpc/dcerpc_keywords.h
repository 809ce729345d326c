#pragma once

#include "app/buffer.h"

namespace culvert {
struct KeywordSpec;
}

namespace culvert::dcerpc {

/// Stub data of an RpcTransaction: for the lists of each protocol that has such.
constexpr BufferSpec stub_data_of(AppProto proto,
                                  std::optional<Bytes> (*get)(const BufferRequest&)) {
  return {.name = "dcerpc.stub_data",
          .description = "stub data of a DCE/RPC request or response, of all its fragments",
          .proto = proto,
          .to_server = {true, 0},
          .to_client = {true, 0},
          .get = get,
          .alias = "dce_stub_data"};
}
std::optional<Bytes> get_stub_data(const BufferRequest& request);

extern const BufferSpec kDcerpcBuffers[1];
extern const KeywordSpec* const kDcerpcKeywords[2];

}  // namespace culvert::dcerpc
