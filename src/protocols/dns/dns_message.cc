#include "protocols/dns/dns_message.h"

#include "base/byte_cursor.h"
#include "net/fields.h"
#include "protocols/dns/dns_types.h"

namespace culvert::dns {
namespace {

/// A reused message gives memory beyond this back.
constexpr std::size_t kKeptBytes = 4096;
/// Offsets are numbers of 16 bits.
constexpr std::size_t kMostBytes = 65535;

/// In place: a copy would wait for what was just written. REQUIRES: so many bytes.
void read_header(Bytes bytes, Header& header) {
  header.id = load_u16(bytes, 0);
  header.flags = load_u16(bytes, 2);
  for (std::size_t i = 0; i < header.counts.size(); ++i) {
    header.counts[i] = load_u16(bytes, 4 + 2 * i);
  }
}

}  // namespace

/// Walks through the sections of a message, which is all that has to be done to tell whether it is
/// sound. `message` stays.
class SectionReader {
 public:
  SectionReader(Bytes message, const Header& header) : message_(message), header_(header) {}

  /// The next section, in the order of the message. on_record(Record) gets what is sound; false:
  /// not all is.
  template <class OnRecord>
  bool read(Section section, OnRecord&& on_record) {
    const bool is_query = section == Section::kQuery;
    const std::size_t fixed = is_query ? 4 : 10;
    for (unsigned i = header_.counts[static_cast<std::size_t>(section)]; i > 0; --i) {
      Record record;
      record.name = static_cast<std::uint16_t>(at_);
      if (!check_name(at_, at_)) return false;
      const Bytes in = message_.subspan(at_);
      if (in.size() < fixed) return false;
      record.type = load_u16(in, 0);
      record.dns_class = load_u16(in, 2);
      if (!is_query) {
        record.ttl = load_u32(in, 4);
        record.data_size = load_u16(in, 8);
        record.data = static_cast<std::uint16_t>(at_ + fixed);
        if (in.size() < fixed + record.data_size || !check_data(record)) return false;
      }
      at_ += fixed + record.data_size;
      on_record(record);
    }
    return true;
  }
  bool has_long_name() const { return has_long_name_; }
  bool has_many_labels() const { return has_many_labels_; }

 private:
  bool check_name(std::size_t offset, std::size_t& end);
  bool check_data(const Record& record);

  Bytes message_;
  const Header& header_;
  std::size_t at_ = kHeaderSize;
  bool has_long_name_ = false, has_many_labels_ = false;
  bool question_name_is_plain_ = false;  ///< the name at kHeaderSize is sound, and without pointers
};

bool SectionReader::check_name(std::size_t offset, std::size_t& end) {
  // Most names of an answer are pointers to the question's, which has been looked at.
  constexpr std::uint16_t kPointerToQuestion = 0xc000 | kHeaderSize;
  if (question_name_is_plain_ && offset + 2 <= message_.size() &&
      load_u16(message_, offset) == kPointerToQuestion) {
    end = offset + 2;
    return true;
  }
  const NameResult name = read_name(message_, offset, nullptr);
  if (offset == kHeaderSize) {
    // Of so few bytes that a pointer to it meets no limit that it does not meet.
    constexpr std::size_t kPlainBytes = 256;
    question_name_is_plain_ = name.ok && !name.cut && name.end <= kHeaderSize + kPlainBytes &&
                              name.end > kHeaderSize && message_[name.end - 1] == std::byte{0};
  }
  end = name.end;
  has_long_name_ = has_long_name_ || name.too_long;
  has_many_labels_ = has_many_labels_ || name.too_many_labels;
  return name.ok;
}

bool SectionReader::check_data(const Record& record) {
  // Names in the data may point out of it; what else they have is not bound to it either, as with
  // the reference.
  const Bytes in = message_.subspan(record.data, record.data_size);
  std::size_t end = record.data;
  switch (record.type) {
    case kTypeNs:
    case kTypeCname:
    case kTypePtr:
      return in.empty() || check_name(record.data, end);
    case kTypeMx:
      return in.size() >= 3 && check_name(record.data + 2u, end);
    case kTypeSrv:
      return in.size() >= 7 && check_name(record.data + 6u, end);
    case kTypeSoa:
      return !in.empty() && check_name(record.data, end) && check_name(end, end) &&
             end + 20 <= record.data + in.size();
    case kTypeSshfp:
      return in.size() >= 3;
    case kTypeTxt: {
      ByteCursor text(in);
      while (text.ok() && !text.empty()) text.skip(text.u8());
      return text.ok();
    }
    case kTypeOpt: {
      ByteCursor options(in);
      while (options.ok() && !options.empty()) {
        options.skip(2);
        options.skip(options.u16());
      }
      return options.ok();
    }
    default:
      return true;
  }
}

std::optional<Header> parse_header(Bytes bytes) {
  if (bytes.size() < kHeaderSize) return std::nullopt;
  std::optional<Header> header(std::in_place);
  read_header(bytes, *header);
  return header;
}

bool is_message(Bytes bytes) {
  const auto header = parse_header(bytes);
  if (!header) return false;
  std::size_t records = 0;
  for (const std::uint16_t count : header->counts) records += count;
  if (records == 0 || bytes.size() - kHeaderSize < records * 2) return false;
  // What Message::parse() asks for, without keeping anything: most bytes are of no message.
  if (bytes.size() > kMostBytes) return false;
  SectionReader reader(bytes, *header);
  const auto forget = [](const Record&) {};
  return reader.read(Section::kQuery, forget) && reader.read(Section::kAnswer, forget);
}

void Message::clear() {
  if (bytes_.capacity() > kKeptBytes) {
    bytes_ = {};
    records_ = {};
    host_names_ = {};
  }
  bytes_.clear();
  records_.clear();
  host_names_.clear();
  starts_ = {};
  header_ = {};
  authorities_invalid_ = additionals_invalid_ = has_long_name_ = has_many_labels_ = false;
}

MessageStatus Message::parse(Bytes bytes) {
  clear();
  if (bytes.size() < kHeaderSize || bytes.size() > kMostBytes) return MessageStatus::kMalformed;
  read_header(bytes, header_);
  bytes_.assign(bytes.begin(), bytes.end());

  SectionReader reader(bytes_, header_);
  for (const Section section : {Section::kQuery, Section::kAnswer}) {
    if (!parse_section(section, reader)) return MessageStatus::kMalformed;
  }
  authorities_invalid_ = !parse_section(Section::kAuthority, reader);
  // Where authorities end is not known then, so there is nothing to be said of additionals.
  if (authorities_invalid_) {
    starts_[4] = starts_[3];
  } else {
    additionals_invalid_ = !parse_section(Section::kAdditional, reader);
  }
  has_long_name_ = reader.has_long_name();
  has_many_labels_ = reader.has_many_labels();
  return MessageStatus::kOk;
}

/// False: unsound, and nothing of it is kept.
bool Message::parse_section(Section section, SectionReader& reader) {
  const auto s = static_cast<std::size_t>(section);
  starts_[s] = starts_[s + 1] = records_.size();
  const std::size_t names_before = host_names_.size();
  const bool ok = reader.read(section, [&](const Record& record) {
    records_.push_back(record);
    host_names_.push_back(record.name);
    if (section != Section::kQuery) note_host_name(record);
  });
  if (!ok) {
    records_.resize(starts_[s]);
    host_names_.resize(names_before);
  }
  starts_[s + 1] = records_.size();
  return ok;
}

void Message::note_host_name(const Record& record) {
  switch (record.type) {
    case kTypeNs:
    case kTypeCname:
    case kTypePtr:
    case kTypeSoa:
      if (record.data_size > 0) host_names_.push_back(record.data);
      break;
    case kTypeMx:
      host_names_.push_back(static_cast<std::uint16_t>(record.data + 2));
      break;
    default:
      break;
  }
}

}  // namespace culvert::dns
