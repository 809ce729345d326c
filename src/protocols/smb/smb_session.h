// What both versions of SMB share: transactions, trees, names of files, files and pipes.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/exchange_parser.h"
#include "protocols/smb/smb_files.h"
#include "protocols/smb/smb_transaction.h"

namespace culvert::smb {

/// Config keys below `app-layer.protocols.smb`; sizes of 0 are not checked.
struct SmbOptions {
  std::uint32_t max_transactions = 1024;  ///< `max-tx`
  std::uint32_t max_stub = 1024 * 1024;   ///< `dcerpc.max-stub-size`
  std::uint32_t max_read_size = 16 * 1024 * 1024;
  std::uint32_t max_write_size = 16 * 1024 * 1024;
  std::uint32_t max_read_queue_size = 64 * 1024 * 1024, max_read_queue_count = 64;
  std::uint32_t max_write_queue_size = 64 * 1024 * 1024, max_write_queue_count = 64;
};

/// What the header of a message says.
struct MessageInfo {
  std::uint8_t version = 2;
  std::uint16_t command = 0;
  bool is_response = false;
  bool is_async = false;  ///< its tree is not told
  bool is_unicode = true;
  std::uint64_t message = 0;
  std::uint64_t session_id = 0;
  std::uint32_t tree_id = 0;
  Status status;
};

/// Where the data go that a message carries behind its fixed fields: a file, or a pipe.
struct DataPlan {
  /// kUndecided: nothing is known of the tree, so that the first bytes have to tell.
  enum class Sink : std::uint8_t { kNone, kFile, kPipe, kUndecided } sink = Sink::kNone;
  FileId id;
  std::uint32_t begin = 0;  ///< of the data in the message
  std::uint64_t size = 0;
  std::uint64_t offset = 0;  ///< in the file
  MessageInfo info;
};

class SmbSession : public ExchangeParser {
 public:
  static constexpr std::size_t kMostTrees = 256;
  static constexpr std::size_t kMostNames = 1024;
  static constexpr std::size_t kMostPending = 1024;
  static constexpr std::size_t kMostPipes = 64;
  static constexpr std::size_t kMostHeldOfPipe = 64 * 1024;
  static constexpr std::size_t kMostStubOfFlow = 16 * 1024 * 1024;

  explicit SmbSession(const SmbOptions& options);
  void finish(Direction direction) override;
  void free_transaction(Transaction* transaction) override;

  const SmbOptions& options() const { return options_; }

  // --- transactions
  SmbTransaction& begin(const MessageInfo& info);
  /// The one that waits for this answer; or null.
  SmbTransaction* find(const MessageInfo& info);
  SmbTransaction* find_command(unsigned version, std::uint16_t command);
  /// The answer's status and ids; the transaction is complete, unless a call goes on.
  void answer(SmbTransaction& tx, const MessageInfo& info);
  using ExchangeParser::complete;
  /// Of the transaction that came last; one is made where there is none.
  void raise(Event event);

  // --- what was agreed on
  void set_dialect(std::string dialect) { shared_.dialect = std::move(dialect); }
  void set_limits(std::uint32_t max_read, std::uint32_t max_write) {
    negotiated_read_ = max_read;
    negotiated_write_ = max_write;
  }
  struct Tree {
    std::string share;
    bool is_pipe = false;
  };
  void set_tree(std::uint64_t session, std::uint32_t tree, Tree what);
  const Tree* find_tree(std::uint64_t session, std::uint32_t tree) const;
  void drop_tree(std::uint64_t session, std::uint32_t tree);
  void set_name(const FileId& id, std::string name);
  /// Empty: not known. That of a related command is what was created before it.
  std::string name_of(const FileId& id) const;
  void set_last_name(std::string name) { last_name_ = std::move(name); }

  // --- files and pipes
  /// A request to read or write that waits for its answer.
  struct Pending {
    FileId id;
    std::uint64_t offset = 0;
  };
  void add_pending(std::uint64_t message, Pending pending);
  std::optional<Pending> take_pending(std::uint64_t message);

  /// What a write request, or the answer to a read, carries.
  DataPlan plan_data(const MessageInfo& info, const FileId& id, std::uint64_t offset,
                     std::uint32_t begin, std::uint64_t size);
  /// It is a file after all.
  void plan_file(DataPlan& plan);
  void take_data(const DataPlan& plan, std::uint64_t done, Bytes bytes, Direction direction);
  void lose_data(const DataPlan& plan, std::uint64_t done, std::uint64_t missing,
                 Direction direction);
  /// The server has no more of a file.
  void end_of_file(const FileId& id, const MessageInfo& info);
  void set_file_status(const FileId& id, Direction direction, const MessageInfo& info);
  void close(const FileId& id);
  void check_read_request(std::uint64_t size);

  /// PDUs of DCE/RPC. The transaction that the first request among them began, or that the first
  /// response belongs to; null: they are none.
  SmbTransaction* take_call(const MessageInfo& info, const FileId& pipe, Bytes bytes);

 private:
  struct Pipe {
    dcerpc::Bindings bindings;
    std::array<std::vector<std::byte>, 2> held;  ///< front of a PDU, by Direction
  };
  Pipe* pipe_of(const FileId& id);
  SmbTransaction* take_pdu(const MessageInfo& info, const FileId& id, Pipe& pipe,
                           const dcerpc::Header& header, Bytes body);
  SmbTransaction* find_call(const FileId& id, std::uint32_t call, bool wants_request,
                            dcerpc::PduType request);
  SmbTransaction& begin_file(const MessageInfo& info, const FileId& id);

  SmbOptions options_;
  SharedState shared_;
  std::uint32_t negotiated_read_ = 0, negotiated_write_ = 0;
  std::map<std::pair<std::uint64_t, std::uint32_t>, Tree> trees_;
  std::map<FileId, std::string> names_;
  std::string last_name_;
  std::map<std::uint64_t, Pending> pending_;
  std::map<FileId, Pipe> pipes_;
  FileUses files_in_use_;
  std::size_t kept_stub_ = 0;
};

}  // namespace culvert::smb
