#include "protocols/modbus/modbus_message.h"

#include "base/byte_cursor.h"

namespace culvert::modbus {
namespace {

constexpr std::uint16_t kOn = 0xff00;
constexpr unsigned kMostBits = 2000, kMostRegisters = 125;

bool is_of_bits(std::uint8_t function) {
  return function == kReadCoils || function == kReadDiscretes || function == kWriteCoils;
}
/// Bytes that so many coils or registers take.
unsigned bytes_of(std::uint8_t function, unsigned quantity) {
  return is_of_bits(function) ? (quantity + 7) / 8 : quantity * 2;
}
bool is_quantity(std::uint8_t function, unsigned quantity) {
  return quantity > 0 && quantity <= (is_of_bits(function) ? kMostBits : kMostRegisters);
}

/// Reads bodies into a message.
class Reader {
 public:
  Reader(Message& message, Bytes body, Arena& arena) : m_(message), in_(body), arena_(arena) {}

  void keep_rest() { m_.data = arena_.copy(in_.rest()); }
  void expect_end() {
    if (!in_.empty()) m_.mistakes |= kLength;
  }
  /// Fewer bytes than the function needs: what there is, as it is.
  bool has(std::size_t size) {
    if (in_.size() >= size) return true;
    m_.mistakes |= kLength;
    keep_rest();
    return false;
  }

  void read_exception() {
    if (!has(1)) return;
    m_.exception = in_.u8();
    if (!is_exception(*m_.exception)) m_.mistakes |= kExceptionCode;
    expect_end();
  }
  void read_range() {
    if (!has(4)) return;
    m_.read = range();
    if (!is_quantity(m_.function(), m_.read->quantity)) m_.mistakes |= kValue;
  }
  void read_single(bool is_coil) {
    if (!has(4)) return;
    m_.single = {in_.u16(), in_.u16()};
    if (is_coil && m_.single->value != 0 && m_.single->value != kOn) m_.mistakes |= kValue;
    expect_end();
  }
  void read_several() {
    m_.write = range();
    const std::size_t count = in_.u8();
    m_.write_data = arena_.copy(in_.rest());
    if (m_.write_data->empty()) {
      m_.mistakes |= kLength;
      return;
    }
    if (count != bytes_of(m_.function(), m_.write->quantity)) m_.mistakes |= kValue;
    if (count != m_.write_data->size()) m_.mistakes |= kLength;
  }
  void read_mask() {
    if (!has(6)) return;
    m_.mask = {in_.u16(), in_.u16(), in_.u16()};
    expect_end();
  }
  void read_and_write() {
    read_range();
    if (!m_.read) return;
    if (in_.size() < 5) {
      m_.mistakes |= kLength;
      return;
    }
    read_several();
  }
  void read_counted() {
    if (in_.empty()) {
      m_.mistakes |= kLength;
      return;
    }
    const std::size_t count = in_.u8();
    m_.read_data = arena_.copy(in_.rest());
    if (count != m_.read_data->size()) m_.mistakes |= kValue;
  }
  void read_diagnostic(bool is_request) {
    if (in_.size() < 2) {
      m_.mistakes |= kLength;
      return;
    }
    m_.diagnostic = in_.u16();
    m_.category = category_of_diagnostic(*m_.diagnostic);
    ByteCursor value_in(in_.rest());
    const std::uint16_t value = value_in.u16();
    keep_rest();
    if (m_.data->size() != 2) {
      m_.mistakes |= kLength;
    } else if (is_request && !takes(*m_.diagnostic, value)) {
      m_.mistakes |= kValue;
    }
  }
  void read_encapsulated() {
    if (in_.empty()) {
      m_.mistakes |= kLength;
      return;
    }
    m_.encapsulated = in_.u8();
    m_.category = category_of_encapsulated(*m_.encapsulated);
    keep_rest();
  }

 private:
  /// Whether a diagnostic may be asked for with that value.
  static bool takes(std::uint16_t code, std::uint16_t value) {
    switch (code) {
      case 0:  // returned as it is
      case 4:
        return true;
      case 1:
        return value == 0 || value == kOn;
      case 3:  // a character, and a zero
        return (value & 0xff) == 0;
      default:
        return value == 0 || category_of_diagnostic(code) == kReserved;
    }
  }
  Message::Range range() {
    const std::uint16_t address = in_.u16();
    return {address, in_.u16()};
  }

  Message& m_;
  ByteCursor in_;
  Arena& arena_;
};

Message begin(const Header& header, ByteCursor& in) {
  Message message = header_alone(header);
  message.unit = in.u8();
  message.raw_function = in.u8();
  message.mistakes = header.protocol != 0 ? kProtocolId : 0;
  const std::uint8_t function = message.function();
  if (function == 0) message.mistakes |= kFunctionCode;
  if (function != kDiagnostic && function != kEncapsulated)
    message.category = category_of(function);
  return message;
}

}  // namespace

std::optional<Header> Header::parse(Bytes front) {
  ByteCursor in(front);
  Header header;
  header.transaction = in.u16();
  header.protocol = in.u16();
  header.length = in.u16();
  if (!in.ok()) return std::nullopt;
  return header;
}

Message header_alone(const Header& header) {
  Message message;
  message.transaction = header.transaction;
  message.protocol = header.protocol;
  message.mistakes = kLength;
  if (header.protocol != 0) message.mistakes |= kProtocolId;
  return message;
}

Message parse_request(const Header& header, Bytes body, Arena& arena) {
  ByteCursor in(body);
  Message message = begin(header, in);
  if (message.raw_function >= 0x80) message.mistakes |= kFunctionCode;
  Reader reader(message, in.rest(), arena);
  switch (message.function()) {
    case kReadCoils:
    case kReadDiscretes:
    case kReadHolding:
    case kReadInput:
      reader.read_range();
      if (message.read) reader.expect_end();
      break;
    case kWriteCoil:
    case kWriteRegister:
      reader.read_single(message.function() == kWriteCoil);
      break;
    case kReadExceptionStatus:
    case kEventCounter:
    case kEventLog:
    case kReportServerId:
      reader.keep_rest();
      reader.expect_end();
      break;
    case kDiagnostic:
      reader.read_diagnostic(true);
      break;
    case kWriteCoils:
    case kWriteRegisters:
      if (reader.has(5)) reader.read_several();
      break;
    case kMaskWrite:
      reader.read_mask();
      break;
    case kReadWriteRegisters:
      reader.read_and_write();
      break;
    case kReadFifo:
      reader.keep_rest();
      if (message.data->size() != 2) message.mistakes |= kLength;
      break;
    case kEncapsulated:
      reader.read_encapsulated();
      break;
    default:
      reader.keep_rest();
      break;
  }
  return message;
}

Message parse_response(const Header& header, Bytes body, Arena& arena) {
  ByteCursor in(body);
  Message message = begin(header, in);
  Reader reader(message, in.rest(), arena);
  if (message.raw_function >= 0x80) {
    reader.read_exception();
    return message;
  }
  switch (message.function()) {
    case kReadCoils:
    case kReadDiscretes:
    case kReadHolding:
    case kReadInput:
    case kReadWriteRegisters:
      reader.read_counted();
      break;
    case kWriteCoil:
    case kWriteRegister:
    case kWriteCoils:
    case kWriteRegisters:
      reader.read_single(false);
      break;
    case kDiagnostic:
      reader.read_diagnostic(false);
      break;
    case kMaskWrite:
      reader.read_mask();
      break;
    case kEncapsulated:
      reader.read_encapsulated();
      break;
    default:
      reader.keep_rest();
      break;
  }
  return message;
}

bool fits(const Message& request, const Message& response) {
  if (response.exception) return true;
  if (request.read && response.read_data) {
    // The reference counts registers that are only read like coils.
    const bool is_read_only = request.function() != kReadWriteRegisters;
    const std::uint8_t as = is_read_only ? kReadCoils : kReadWriteRegisters;
    return response.read_data->size() == bytes_of(as, request.read->quantity);
  }
  if (request.single && response.single) {
    return request.single->address == response.single->address &&
           request.single->value == response.single->value;
  }
  if (request.write && response.single) {
    return request.write->address == response.single->address &&
           request.write->quantity == response.single->value;
  }
  if (request.mask && response.mask) {
    return request.mask->address == response.mask->address &&
           request.mask->and_mask == response.mask->and_mask &&
           request.mask->or_mask == response.mask->or_mask;
  }
  return true;
}

}  // namespace culvert::modbus
