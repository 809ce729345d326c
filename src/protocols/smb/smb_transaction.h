// What SMB makes transactions of: a command and its answer; a file, of all reads or writes of it; a
// call of DCE/RPC over a pipe.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/two_states.h"
#include "protocols/dcerpc/dcerpc_exchange.h"
#include "protocols/smb/security_blob.h"

namespace culvert::smb {

enum class Event : std::uint8_t {
  kInternalError,
  kMalformedData,
  kRecordOverflow,
  kMalformedNtlmsspRequest,
  kMalformedNtlmsspResponse,
  kUnusualNtlmsspOrder,
  kDuplicateNegotiate,
  kNegotiateMalformedDialects,
  kFileOverlap,
  kRequestToClient,
  kResponseToServer,
  kNegotiateMaxReadSizeTooLarge,
  kNegotiateMaxWriteSizeTooLarge,
  kReadRequestTooLarge,
  kReadResponseTooLarge,
  kReadQueueSizeExceeded,
  kReadQueueCountExceeded,
  kWriteRequestTooLarge,
  kWriteQueueSizeExceeded,
  kWriteQueueCountExceeded,
  kTooManyTransactions,
};
inline constexpr std::string_view kEventNames[] = {"internal_error",
                                                   "malformed_data",
                                                   "record_overflow",
                                                   "malformed_ntlmssp_request",
                                                   "malformed_ntlmssp_response",
                                                   "unusual_ntlmssp_order",
                                                   "duplicate_negotiate",
                                                   "negotiate_malformed_dialects",
                                                   "file_overlap",
                                                   "request_to_client",
                                                   "response_to_server",
                                                   "negotiate_max_read_size_too_large",
                                                   "negotiate_max_write_size_too_large",
                                                   "read_request_too_large",
                                                   "read_response_too_large",
                                                   "read_queue_size_exceeded",
                                                   "read_queue_cnt_exceeded",
                                                   "write_request_too_large",
                                                   "write_queue_size_exceeded",
                                                   "write_queue_cnt_exceeded",
                                                   "too_many_transactions"};

/// The handle of an open file: 16 bytes in version 2, 2 in version 1.
struct FileId {
  std::array<std::uint8_t, 16> bytes{};
  std::uint8_t size = 0;
  auto operator<=>(const FileId&) const = default;
  static FileId of(Bytes raw);
  /// "0000002e-0009-0000-0001-000000000009", "4006"; empty when there is none.
  std::string text() const;
};

/// What an answer says it is, and when it came; shared by both versions.
struct Status {
  std::uint32_t code = 0;
  bool is_dos = false;  ///< error class and code of version 1
};

struct Negotiation {
  std::vector<std::string> dialects;
  std::string client_guid, server_guid;
  std::optional<std::uint32_t> max_read_size, max_write_size;
};
struct SessionSetup {
  SecurityBlob blob;
  struct Host {
    std::string native_os, native_lm;
  };
  std::optional<Host> request, response;
};
struct TreeConnect {
  std::string share;
  bool is_pipe = false;
  std::optional<std::uint8_t> share_type;                        ///< of version 2
  std::optional<std::string> request_service, response_service;  ///< of version 1
};
struct Creation {
  std::string name;
  bool is_directory = false, is_deleted = false;
  std::uint32_t disposition = 0;
  std::uint32_t created = 0, accessed = 0, modified = 0, changed = 0;  ///< seconds since 1970
  std::uint64_t size = 0;
  FileId id;
};
/// A file, or what is set of one.
struct FileUse {
  std::string name, share;
  FileId id;
};
struct InfoChange {
  FileId id;
  std::string name;  ///< of the file
  bool is_deletion = false;
  std::string rename_to;
  std::string_view subcommand, level;       ///< of version 1
  std::string_view info_class, info_level;  ///< of version 2
};

/// What outlives transactions and is written into each of them.
struct SharedState {
  std::string dialect = "unknown";
};

struct SmbTransaction final : dcerpc::RpcTransaction {
  std::uint8_t version = 0;  ///< 1 or 2
  std::uint16_t command = 0;
  std::uint64_t message = 0;  ///< what request and answer have in common
  std::uint64_t session_id = 0;
  std::uint32_t tree_id = 0;
  std::optional<Status> status;
  bool waits_for_answer = true;  ///< not when only a file or pipe ends it
  const SharedState* shared = nullptr;

  std::unique_ptr<Negotiation> negotiation;
  std::unique_ptr<SessionSetup> session;
  std::unique_ptr<TreeConnect> tree;
  std::unique_ptr<Creation> creation;
  std::unique_ptr<FileUse> file;
  std::unique_ptr<InfoChange> change;
  std::optional<std::uint32_t> function;  ///< of an IOCTL
  std::unique_ptr<dcerpc::Exchange> call;
  FileId pipe;                 ///< of `call`
  std::size_t call_bytes = 0;  ///< of stub data, as accounted

  const dcerpc::Exchange* rpc() const override { return call.get(); }
  bool is_complete() const {
    return progress[0] == TwoStates::kComplete && progress[1] == TwoStates::kComplete;
  }

  void raise(Event event) { raise_anew(event); }
};

}  // namespace culvert::smb
