// Output scripts: `outputs: - lua: {enabled, scripts-dir, scripts: [...]}`. A script says in `init`
// what it wants to be told of; `setup` is called once, `log` each time, `deinit` at the end.
//
//     {protocol = "http"}  transactions, when their record is due      {type = "flow"}   flows that end
//     {type = "packet", filter = "alerts"}  each alert of a packet     {type = "file"}   files
//     {type = "packet"}    each packet                                 {type = "stats"}  counters
//     {type = "streaming", filter = "tcp"}  bytes of streams           {type = "tls"}    as a protocol
//
// Their files are theirs: what they write, the worker waits for.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "config/config_node.h"
#include "eve/event_listener.h"
#include "eve/stats_log.h"
#include "files/file_needs.h"
#include "lua/script.h"

namespace culvert::lua {

/// One script of the configuration, read and asked what it wants. Shared by all workers.
struct OutputScript {
  enum class Kind : std::uint8_t { kTransactions, kAlerts, kPackets, kFlows, kFiles, kStream, kStats };
  ScriptSource source;
  Kind kind = Kind::kTransactions;
  AppProto proto = AppProto::kUnknown;
  std::uint8_t bit = 0;  ///< in Transaction::logged, for each direction
};

/// Scripts that cannot be loaded are told of and left out.
std::vector<OutputScript> read_output_scripts(const ConfigNode& root, const std::string& log_folder,
                                              Complaints& complaints);
/// What they need of files.
FileNeeds file_needs_of(std::span<const OutputScript> scripts);

/// The scripts of one worker.
class LuaOutput final : public EventListener {
 public:
  /// `scripts` outlives it.
  LuaOutput(std::span<const OutputScript> scripts, const std::string& log_folder);
  ~LuaOutput() override;

  Wishes wishes() const override { return wishes_; }
  void on_packet(const Packet& packet, const Flow* flow) override;
  void on_alert(const Packet* packet, const Flow* flow, const Alert& alert) override;
  void on_transaction(const Packet* packet, const Flow& flow, const ProtocolSpec& spec,
                      Transaction& transaction) override;
  void on_file(const Packet* packet, const Flow& flow, const Transaction& transaction,
               const File& file) override;
  void on_flow(const Flow& flow) override;
  void on_stream_data(const Flow& flow, Direction direction, Bytes bytes) override;

 private:
  struct Running;
  template <class Fill>
  void each(OutputScript::Kind kind, Fill&& fill);
  std::vector<Running> running_;
  Wishes wishes_;
};

/// Scripts of statistics. Control thread.
class LuaStats {
 public:
  LuaStats(std::span<const OutputScript> scripts, const std::string& log_folder);
  ~LuaStats();
  void write(std::span<const CounterTotal> totals);

 private:
  std::vector<std::unique_ptr<Script>> scripts_;
};

}  // namespace culvert::lua
