// A source, its event log, its worker and its thread: what one core runs.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "engine/engine.h"
#include "engine/worker.h"
#include "eve/event_log.h"
#include "io/packet_source.h"
#include "lua/lua_output.h"

namespace culvert {

struct Engine::Lane {
  std::string name;  ///< of the thread: "W#01"
  std::unique_ptr<PacketSource> source;
  std::unique_ptr<lua::LuaOutput> scripts;  ///< null: there are none
  std::unique_ptr<EventLog> events;
  std::unique_ptr<Worker> worker;
  std::vector<NamedCounter> counters;
  std::thread thread;
  std::atomic<bool> finished{false};
};

}  // namespace culvert
