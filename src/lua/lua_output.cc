#include "lua/lua_output.h"

#include <filesystem>

#include "base/log.h"
#include "lua/lua_view.h"

namespace culvert::lua {
namespace {

using Kind = OutputScript::Kind;

/// Output scripts are the operator's own.
constexpr ScriptLimits kUnlimited{.sandbox = false, .max_bytes = 0, .max_instructions = 0};
/// Two bits of Transaction::logged a script, behind those of EVE's loggers.
constexpr std::size_t kMostTransactionScripts = (64 - kEveBits) / 2;

struct InitCall final : Script::Call {
  std::string type, filter, protocol;

  int push(lua_State* state) override {
    lua_newtable(state);
    return 1;
  }
  void take(lua_State* state) override {
    if (!lua_istable(state, -2)) return;
    const auto read = [&](const char* key, std::string& out) {
      lua_getfield(state, -2, key);
      if (const char* const text = lua_tostring(state, -1)) out = text;
      lua_pop(state, 1);
    };
    read("type", type);
    read("filter", filter);
    read("protocol", protocol);
  }
};

Result<OutputScript> ask_script(ScriptSource source, const std::string& log_folder) {
  ScriptHost host;
  host.log_folder = log_folder;
  auto script = Script::load(source, kUnlimited, std::move(host));
  if (!script) return tl::unexpected(script.error());
  InitCall init;
  if (const auto* const error = (*script)->call("init", init)) {
    return failure(source.path + ": init failed: " + error->message);
  }
  OutputScript output;
  output.source = std::move(source);
  if (init.type == "packet") {
    output.kind = init.filter == "alerts" ? Kind::kAlerts : Kind::kPackets;
  } else if (init.type == "flow") {
    output.kind = Kind::kFlows;
  } else if (init.type == "file") {
    output.kind = Kind::kFiles;
  } else if (init.type == "stats") {
    output.kind = Kind::kStats;
  } else if (init.type == "streaming") {
    output.kind = Kind::kStream;
  } else if (!init.protocol.empty()) {
    const auto proto = find_app_proto(init.protocol == "http" ? "http1" : init.protocol);
    if (!proto) return failure(output.source.path + ": \"" + init.protocol + "\" is no protocol");
    output.proto = *proto;
  } else {
    return failure(output.source.path +
                   ": init has to return a table with a type or a protocol");
  }
  return output;
}

std::unique_ptr<Script> start_script(const OutputScript& output, const std::string& log_folder) {
  ScriptHost host;
  host.log_folder = log_folder;
  auto script = Script::load(output.source, kUnlimited, std::move(host));
  if (!script) {
    log_error(script.error().message, "lua");
    return nullptr;
  }
  if ((*script)->has_function("setup")) {
    Script::Call setup;
    if (const auto* const error = (*script)->call("setup", setup)) {
      log_error(output.source.path + ": setup failed: " + error->message, "lua");
      return nullptr;
    }
  }
  return std::move(*script);
}

void end_script(Script& script) {
  if (!script.has_function("deinit")) return;
  Script::Call deinit;
  if (const auto* const error = script.call("deinit", deinit)) {
    log_info("Lua script failed in deinit: " + error->message, "lua");
  }
}

struct EmptyTable : Script::Call {
  int push(lua_State* state) override {
    lua_newtable(state);
    return 1;
  }
};

}  // namespace

std::vector<OutputScript> read_output_scripts(const ConfigNode& root,
                                              const std::string& log_folder,
                                              Complaints& complaints) {
  std::vector<OutputScript> scripts;
  std::size_t of_transactions = 0;
  for (const auto& [name, settings] : root.named_items("outputs")) {
    if (name != "lua" || !settings->boolean("enabled", false, complaints)) continue;
    std::string folder = settings->text("scripts-dir");
    if (folder.empty()) folder = root.text("default-rule-path");
    for (const std::string& file : settings->texts("scripts")) {
      auto source = read_script((std::filesystem::path(folder) / file).string());
      auto script = source ? ask_script(std::move(*source), log_folder)
                           : tl::unexpected(source.error());
      if (script && script->kind == Kind::kTransactions) {
        if (of_transactions == kMostTransactionScripts) {
          script = failure(file + ": more scripts of protocols than can run");
        } else {
          script->bit = static_cast<std::uint8_t>(kEveBits + 2 * of_transactions++);
        }
      }
      if (script) {
        scripts.push_back(std::move(*script));
      } else {
        complaints.error("lua: " + script.error().message, settings->place().text());
      }
    }
  }
  return scripts;
}

FileNeeds file_needs_of(std::span<const OutputScript> scripts) {
  FileNeeds needs;
  for (const OutputScript& script : scripts) {
    if (script.kind == Kind::kFiles) needs.add({FileNeed::kTrack});
  }
  return needs;
}

struct LuaOutput::Running {
  const OutputScript* output;
  std::unique_ptr<Script> script;
  bool told = false;

  void log(Script::Call& call) {
    const auto* const error = script->call("log", call);
    script->view = {};
    if (error == nullptr || told) return;
    told = true;
    log_warning("Lua script failed to run successfully: " + error->message, "lua");
  }
};

LuaOutput::LuaOutput(std::span<const OutputScript> scripts, const std::string& log_folder) {
  for (const OutputScript& output : scripts) {
    if (output.kind == Kind::kStats) continue;
    auto script = start_script(output, log_folder);
    if (script == nullptr) continue;
    running_.push_back({&output, std::move(script)});
    wishes_.packets |= output.kind == Kind::kPackets;
    wishes_.alerts |= output.kind == Kind::kAlerts;
    wishes_.transactions |= output.kind == Kind::kTransactions;
    wishes_.files |= output.kind == Kind::kFiles;
    wishes_.flows |= output.kind == Kind::kFlows;
    wishes_.stream |= output.kind == Kind::kStream;
  }
}

LuaOutput::~LuaOutput() {
  for (Running& each : running_) end_script(*each.script);
}

template <class Fill>
void LuaOutput::each(Kind kind, Fill&& fill) {
  for (Running& running : running_) {
    if (running.output->kind != kind) continue;
    fill(running.script->view);
    EmptyTable call;
    running.log(call);
  }
}

void LuaOutput::on_packet(const Packet& packet, const Flow* flow) {
  each(Kind::kPackets, [&](ScriptView& view) { show_packet(view, &packet, flow); });
}

void LuaOutput::on_alert(const Packet* packet, const Flow* flow, const Alert& alert) {
  if (packet == nullptr) return;
  each(Kind::kAlerts, [&](ScriptView& view) {
    show_packet(view, packet, flow);
    view.rule = alert.rule;
    view.transaction = alert.transaction;
    view.direction = alert.direction;
  });
}

void LuaOutput::on_transaction(const Packet* packet, const Flow& flow, const ProtocolSpec& spec,
                               Transaction& transaction) {
  if (spec.loggers.empty()) return;
  const EveLogger& logger = spec.loggers.front();
  for (Running& running : running_) {
    if (running.output->kind != Kind::kTransactions || running.output->proto != spec.proto) continue;
    for (const Direction direction : {Direction::kToServer, Direction::kToClient}) {
      if (logger.once && direction == Direction::kToClient) break;
      const std::uint64_t bit = std::uint64_t{1} << (running.output->bit + index_of(direction));
      if ((transaction.logged & bit) != 0 || !is_due(logger, transaction, direction)) continue;
      // Where each transaction has one direction, the other is due as well, and has nothing.
      if (spec.unidirectional && transaction.skip_inspection[index_of(direction)]) continue;
      transaction.logged |= bit;
      ScriptView& view = running.script->view;
      show_packet(view, packet, &flow);
      view.transaction = &transaction;
      view.proto = spec.proto;
      view.direction = direction;
      EmptyTable call;
      running.log(call);
    }
  }
}

void LuaOutput::on_file(const Packet* packet, const Flow& flow, const Transaction& transaction,
                        const File& file) {
  each(Kind::kFiles, [&](ScriptView& view) {
    show_packet(view, packet, &flow);
    view.transaction = &transaction;
    view.file = &file;
  });
}

void LuaOutput::on_flow(const Flow& flow) {
  each(Kind::kFlows, [&](ScriptView& view) { show_packet(view, nullptr, &flow); });
}

void LuaOutput::on_stream_data(const Flow& flow, Direction direction, Bytes bytes) {
  struct StreamCall final : Script::Call {
    StreamCall(Bytes of, Direction in) : bytes(of), direction(in) {}
    Bytes bytes;
    Direction direction;
    int push(lua_State* state) override {
      lua_createtable(state, 0, 1);
      lua_createtable(state, 0, 5);
      const std::string_view text = as_text(bytes);
      lua_pushlstring(state, text.data(), text.size());
      lua_setfield(state, -2, "data");
      const auto flag = [&](const char* key, bool value) {
        lua_pushboolean(state, value ? 1 : 0);
        lua_setfield(state, -2, key);
      };
      flag("open", false);
      flag("close", false);
      flag("toserver", direction == Direction::kToServer);
      flag("toclient", direction == Direction::kToClient);
      lua_setfield(state, -2, "stream");
      return 1;
    }
  };
  for (Running& running : running_) {
    if (running.output->kind != Kind::kStream) continue;
    show_packet(running.script->view, nullptr, &flow);
    StreamCall call(bytes, direction);
    running.log(call);
  }
}

// ------------------------------------------------------------------------------------ statistics

LuaStats::LuaStats(std::span<const OutputScript> scripts, const std::string& log_folder) {
  for (const OutputScript& output : scripts) {
    if (output.kind != Kind::kStats) continue;
    if (auto script = start_script(output, log_folder)) scripts_.push_back(std::move(script));
  }
}

LuaStats::~LuaStats() {
  for (const auto& script : scripts_) end_script(*script);
}

void LuaStats::write(std::span<const CounterTotal> totals) {
  struct StatsCall final : Script::Call {
    std::span<const CounterTotal> totals;
    int push(lua_State* state) override {
      lua_createtable(state, static_cast<int>(totals.size()), 0);
      lua_Integer number = 0;
      for (const CounterTotal& total : totals) {
        lua_createtable(state, 0, 4);
        lua_pushlstring(state, total.name.data(), total.name.size());
        lua_setfield(state, -2, "name");
        lua_pushliteral(state, "Total");
        lua_setfield(state, -2, "tmname");
        lua_pushinteger(state, static_cast<lua_Integer>(total.value));
        lua_setfield(state, -2, "value");
        lua_pushinteger(state, 0);
        lua_setfield(state, -2, "pvalue");
        lua_rawseti(state, -2, ++number);
      }
      return 1;
    }
  };
  for (const auto& script : scripts_) {
    StatsCall call;
    call.totals = totals;
    if (const auto* const error = script->call("log", call)) {
      log_warning("Lua script failed to run successfully: " + error->message, "lua");
    }
  }
}

}  // namespace culvert::lua
