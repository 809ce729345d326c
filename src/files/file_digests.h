// MD5, SHA-1 and SHA-256 of a content that comes in pieces, those of them that are wanted.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "base/bytes.h"
#include "files/file_needs.h"

struct evp_md_ctx_st;

namespace culvert {

enum class DigestKind : std::uint8_t { kMd5, kSha1, kSha256 };

/// For one file after the other: contexts are made once.
class FileDigests {
 public:
  FileDigests();
  ~FileDigests();
  FileDigests(const FileDigests&) = delete;
  FileDigests& operator=(const FileDigests&) = delete;

  /// Begins anew with those that `needs` names.
  void start(FileNeeds needs);
  /// Begins this one when it has not: REQUIRES: no bytes yet.
  void add(DigestKind kind);
  void update(Bytes bytes);
  void finish();
  /// Gives them up: the content has a hole.
  void abandon();

  bool wants(DigestKind kind) const { return states_[static_cast<std::size_t>(kind)].running; }
  /// Empty before finish(), and when not wanted.
  Bytes value(DigestKind kind) const {
    const State& state = states_[static_cast<std::size_t>(kind)];
    return Bytes(state.value).first(state.size);
  }

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  struct State {
    std::unique_ptr<evp_md_ctx_st, Free> context;
    bool running = false;
    std::uint8_t size = 0;  ///< of the value
    std::array<std::byte, 32> value{};
  };
  std::array<State, 3> states_;
};

}  // namespace culvert
