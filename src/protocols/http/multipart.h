// multipart/form-data (RFC 7578, RFC 2046 section 5.1): the files in an uploaded form, as it comes.
//
//     preamble -> --b -> headers -> data -> --b -> ... -> --b--
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"

namespace culvert::http1 {

/// Told what a form has in it. Parts without a file name are passed over.
class MultipartSink {
 public:
  virtual ~MultipartSink() = default;
  virtual void begin_part(std::string_view file_name) = 0;
  virtual void on_part(Bytes bytes) = 0;
  virtual void end_part() = 0;
  enum class Complaint : std::uint8_t { kGeneric, kNoFileData, kInvalidHeader };
  virtual void complain(Complaint complaint) = 0;
};

/// Any split of the body gives the same parts.
class MultipartParser {
 public:
  static constexpr std::size_t kMaxBoundary = 256;  ///< RFC 2046 says 70
  static constexpr std::size_t kMaxHeaders = 16 * 1024;  ///< of one part

  /// A new form. False: no boundary, so that nothing can be told.
  bool start(std::string_view content_type);
  void feed(Bytes bytes, MultipartSink& sink);
  /// The body is over: a part that is open ends here.
  void finish(MultipartSink& sink);
  bool is_active() const { return state_ != State::kIdle; }
  void clear();

 private:
  enum class State : std::uint8_t { kIdle, kPreamble, kAfterDelimiter, kHeaders, kData, kEpilogue };

  std::size_t step(std::string_view text, MultipartSink& sink);
  std::size_t take_data(std::string_view text, MultipartSink& sink);
  void end_headers(std::string_view block, MultipartSink& sink);

  State state_ = State::kIdle;
  std::string delimiter_;  ///< "\r\n--boundary"
  std::string held_;       ///< what cannot be decided yet: at most headers of a part
  bool in_part_ = false;   ///< the part at hand is a file
  bool part_has_data_ = false;
};

/// The value of a parameter such as `boundary` or `filename`; null: it has none.
std::string_view parameter_of(std::string_view value, std::string_view name);

}  // namespace culvert::http1
