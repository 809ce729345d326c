// NFS: calls, their replies, and files.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/exchange_parser.h"
#include "base/arena.h"
#include "files/file.h"
#include "protocols/nfs/nfs4_compound.h"
#include "protocols/nfs/nfs_frames.h"
#include "protocols/nfs/rpc_message.h"

namespace culvert::nfs {

enum class Event : std::uint8_t { kMalformedData, kTooManyTransactions };
inline constexpr std::string_view kEventNames[] = {"malformed_data", "too_many_transactions"};

struct NfsOptions {
  std::uint32_t max_transactions = 1024;
};

struct NfsTransaction final : Transaction {
  std::uint32_t xid = 0, version = 0, procedure = 0;
  Credentials credentials;  ///< view the arena
  std::string_view name;    ///< the same
  std::string_view renamed_to;
  std::optional<std::uint32_t> handle_hash;  ///< CRC-32 of the handle
  std::uint32_t status = 0;
  // Of one that is a file.
  bool is_file = false;
  bool is_last = false;  ///< its last piece has come
  std::uint32_t last_xid = 0, chunks = 0;
  Arena arena{256};

  /// As long as the transaction lives; of the machine's name, what RFC 5531 allows.
  void keep(const Credentials& from) {
    constexpr std::size_t kMostMachine = 255;
    credentials = from;
    credentials.machine = arena.copy(from.machine.substr(0, kMostMachine));
  }
};

class NfsParser final : public ExchangeParser {
 public:
  NfsParser(const NfsOptions& options, bool is_stream) : options_(options), is_stream_(is_stream) {}

  ParseStatus feed(const AppInput& input) override;
  void free_transaction(Transaction* transaction) override;

 private:
  static constexpr std::size_t kMostCalls = 1024, kMostNames = 1024, kMostFiles = 256;
  static constexpr std::size_t kMostName = 1024, kMostHandle = 128;

  /// A call that waits for its reply.
  struct Waiting {
    NfsTransaction* tx = nullptr;  ///< null: it has none
    std::uint32_t version = 0, procedure = 0;
    std::string handle;        ///< of the file or directory
    std::string name;          ///< that the reply has the handle of
    std::uint64_t offset = 0;  ///< of a read
    bool reads = false;
  };
  struct OpenFile {
    NfsTransaction* tx = nullptr;
    File* file = nullptr;
    std::uint64_t expected = 0;  ///< offset of the next byte
  };
  using FileKey = std::pair<std::string, Direction>;

  void take(Bytes record, const AppInput& input, const RecordPlace* place);
  void on_call(const Call& call);
  void on_call_v2(const Call& call, Waiting& waiting);
  void on_call_v3(const Call& call, Waiting& waiting);
  void on_compound(const Call& call, Waiting& waiting);
  void on_reply(const Reply& reply);
  /// False: malformed.
  bool on_reply_body(const Reply& reply, Waiting& waiting);
  bool on_reply_v3(ByteCursor in, std::uint32_t xid, Waiting& waiting);

  /// Null: there are too many.
  NfsTransaction* begin(const Call& call);
  NfsTransaction* begin(std::uint32_t xid, std::uint32_t version, std::uint32_t procedure);
  OpenFile* open(const FileKey& key, std::uint32_t xid, std::uint32_t version,
                 std::uint32_t procedure);
  void append(OpenFile& open, std::uint64_t offset, Bytes data);
  void close(const FileKey& key, std::uint32_t xid);
  void name_handle(Bytes handle, std::string_view name);
  std::string_view name_of(const std::string& handle) const;
  void set_handle(NfsTransaction& tx, Bytes handle);
  void complete(NfsTransaction& tx, Direction direction);

  const NfsOptions& options_;
  const bool is_stream_;
  std::array<RpcReader, 2> readers_;
  std::map<std::uint32_t, Waiting> calls_;    ///< by xid
  std::map<std::string, std::string> names_;  ///< by handle
  std::map<FileKey, OpenFile> files_;
};

}  // namespace culvert::nfs
