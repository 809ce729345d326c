// The header fields of a message, in their order, and where the ones that are asked for all the
// time stand: rules, framing and records ask for a dozen names a message, each at the cost of one
// load.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace culvert::http1 {

/// Names that are found without a search.
enum class Field : std::uint8_t {
  kHost,
  kAccept,
  kCookie,
  kServer,
  kReferer,
  kUpgrade,
  kLocation,
  kConnection,
  kSetCookie,
  kUserAgent,
  kContentType,
  kAuthorization,
  kContentRange,
  kContentLength,
  kAcceptEncoding,
  kAcceptLanguage,
  kXForwardedFor,
  kContentEncoding,
  kTransferEncoding,
  kContentDisposition,
  kOther,  ///< any other name
};
inline constexpr std::size_t kFields = static_cast<std::size_t>(Field::kOther);

/// In any case; kOther: it is none of them.
Field field_of(std::string_view name);

/// One header field. Lines of the same name make one, as in the reference: values joined by ", ".
struct Header {
  std::string_view name;   ///< without white space around it; empty when the line has no colon
  std::string_view value;  ///< without white space around it; folded lines joined
  bool repeated = false;
  bool folded = false;
  bool missing_colon = false;
};

class HeaderTable {
 public:
  auto begin() const { return fields_.begin(); }
  auto end() const { return fields_.end(); }
  std::size_t size() const { return fields_.size(); }
  bool empty() const { return fields_.empty(); }
  const Header& operator[](std::size_t index) const { return fields_[index]; }

  /// The first of that name; null: there is none. REQUIRES: not kOther.
  const Header* find(Field field) const {
    const std::uint32_t at = first_[static_cast<std::size_t>(field)];
    return at == 0 ? nullptr : &fields_[at - 1];
  }
  /// The first of that name, in any case.
  const Header* find(std::string_view name) const;

  /// At the end. `field`: field_of(header.name).
  void add(const Header& header, Field field) {
    fields_.push_back(header);
    if (field == Field::kOther) return;
    std::uint32_t& at = first_[static_cast<std::size_t>(field)];
    if (at == 0) at = static_cast<std::uint32_t>(fields_.size());
  }
  /// To change what add() has put there.
  Header* find(Field field, std::string_view name) {
    return const_cast<Header*>(field == Field::kOther ? find_other(name) : find(field));
  }
  void clear() {
    fields_.clear();
    first_ = {};
  }

 private:
  const Header* find_other(std::string_view name) const;

  std::vector<Header> fields_;
  std::array<std::uint32_t, kFields> first_{};  ///< 1 + its place in fields_; 0: none
};

}  // namespace culvert::http1
