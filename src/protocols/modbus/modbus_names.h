// What the numbers of Modbus mean.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace culvert::modbus {

/// What a function does to which table; bits.
enum Access : std::uint16_t {
  kRead = 1 << 0,
  kWrite = 1 << 1,
  kDiscretes = 1 << 2,
  kCoils = 1 << 3,
  kInput = 1 << 4,
  kHolding = 1 << 5,
  kSingle = 1 << 6,
  kMultiple = 1 << 7,
};

/// MODBUS Application Protocol V1.1b3, section 5; bits, as keywords ask for several.
enum Category : std::uint8_t {
  kNoCategory = 0,
  kAssigned = 1 << 0,
  kUnassigned = 1 << 1,
  kUserDefined = 1 << 2,
  kReserved = 1 << 3,
};

/// What is wrong with a message; bits.
enum Mistake : std::uint8_t {
  kValue = 1 << 0,
  kLength = 1 << 1,
  kExceptionCode = 1 << 2,
  kFunctionCode = 1 << 3,
  kProtocolId = 1 << 4,
};

enum Function : std::uint8_t {
  kReadCoils = 1,
  kReadDiscretes = 2,
  kReadHolding = 3,
  kReadInput = 4,
  kWriteCoil = 5,
  kWriteRegister = 6,
  kReadExceptionStatus = 7,
  kDiagnostic = 8,
  kEventCounter = 11,
  kEventLog = 12,
  kWriteCoils = 15,
  kWriteRegisters = 16,
  kReportServerId = 17,
  kMaskWrite = 22,
  kReadWriteRegisters = 23,
  kReadFifo = 24,
  kEncapsulated = 43,
};

/// Of a function without its bit of exceptions: "RdCoils", or "Unknown".
std::string_view name_of_function(std::uint8_t function);
bool is_known(std::uint8_t function);
std::string_view name_of_diagnostic(std::uint16_t code);
std::string_view name_of_encapsulated(std::uint8_t type);
std::string_view name_of_exception(std::uint8_t code);
bool is_exception(std::uint8_t code);

std::uint16_t access_of(std::uint8_t function);
/// Of functions whose body does not decide it: all but diagnostics and encapsulated transport.
Category category_of(std::uint8_t function);
Category category_of_diagnostic(std::uint16_t code);
Category category_of_encapsulated(std::uint8_t type);

/// As EVE prints them: "READ | COILS".
std::string text_of_access(std::uint16_t access);
std::string_view text_of(Category category);
std::string text_of_mistakes(std::uint8_t mistakes);

}  // namespace culvert::modbus
