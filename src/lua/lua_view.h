// Filling the view of an output script.
#pragma once

#include "app/app_session.h"
#include "lua/script_view.h"

namespace culvert::lua {

/// The packet, where there is one, and its flow.
inline void show_packet(ScriptView& view, const Packet* packet, const Flow* flow) {
  view = {};
  view.packet = packet;
  view.flow = flow;
  view.time = packet != nullptr ? packet->time : flow != nullptr ? flow->last_seen : Timestamp{};
  if (packet != nullptr) view.direction = packet->direction;
  if (flow != nullptr && flow->app != nullptr && flow->app->spec() != nullptr) {
    view.proto = flow->app->spec()->proto;
  }
}

}  // namespace culvert::lua
