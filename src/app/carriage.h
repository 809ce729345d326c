// Protocols whose transactions carry messages of another, as HTTP/2 does DNS (RFC 8484).
#pragma once

#include "app/app_proto.h"

namespace culvert {

/// A flow of `carrier` becomes `proto` when a message of `carried` has come: its parser wishes to
/// change to `proto`, and goes on as it is. Rules see the buffers of both, those of what is carried
/// when the transaction's direction is complete.
struct Carriage {
  AppProto proto, carrier, carried;
};

constexpr Carriage kCarriages[] = {
    {.proto = AppProto::kDoh2, .carrier = AppProto::kHttp2, .carried = AppProto::kDns}};

/// Null: it is a protocol of its own.
constexpr const Carriage* find_carriage(AppProto proto) {
  for (const Carriage& each : kCarriages) {
    if (each.proto == proto) return &each;
  }
  return nullptr;
}

}  // namespace culvert
