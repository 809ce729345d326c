#include "protocols/modbus/modbus_names.h"

#include <array>
#include <iterator>
#include <span>
#include <utility>

namespace culvert::modbus {
namespace {

// From 0 on.
constexpr std::string_view kFunctions[] = {
    "Unknown",      "RdCoils",         "RdDiscreteInputs", "RdHoldRegs",        "RdInputRegs",
    "WrSingleCoil", "WrSingleReg",     "RdExcStatus",      "Diagnostic",        "Program484",
    "Poll484",      "GetCommEventCtr", "GetCommEventLog",  "ProgramController", "PollController",
    "WrMultCoils",  "WrMultRegs",      "ReportServerID",   "Program884",        "ResetCommLink",
    "RdFileRec",    "WrFileRec",       "MaskWrReg",        "RdWrMultRegs",      "RdFIFOQueue"};
constexpr std::string_view kDiagnostics[] = {"RetQueryData",
                                             "RestartCommOpt",
                                             "RetDiagReg",
                                             "ChangeInputDelimiter",
                                             "ForceListenOnlyMode",
                                             "Reserved",
                                             "Reserved",
                                             "Reserved",
                                             "Reserved",
                                             "Reserved",
                                             "ClearCtrDiagReg",
                                             "RetBusMsgCount",
                                             "RetBusCommErrCount",
                                             "RetBusExcErrCount",
                                             "RetServerMsgCount",
                                             "RetServerNoRespCount",
                                             "RetServerNAKCount",
                                             "RetServerBusyCount",
                                             "RetBusCharOverrunCount",
                                             "RetOverrunErrCount",
                                             "ClearOverrunCounterFlag",
                                             "GetClearPlusStats"};
constexpr std::string_view kExceptions[] = {"Unknown",
                                            "IllegalFunction",
                                            "IllegalDataAddr",
                                            "IllegalDataValue",
                                            "ServerDeviceFail",
                                            "Ack",
                                            "ServerDeviceBusy",
                                            "NegAck",
                                            "MemParityErr",
                                            "Unknown",
                                            "GatewayPathUnavailable",
                                            "GatewayTargetFailToResp"};
constexpr std::uint8_t kCanOpen = 13, kReadDeviceId = 14;

using BitName = std::pair<unsigned, std::string_view>;

std::string join(unsigned bits, std::span<const BitName> names) {
  std::string out;
  for (const auto& [bit, name] : names) {
    if ((bits & bit) != bit) continue;
    if (!out.empty()) out += " | ";
    out += name;
  }
  return out.empty() ? "NONE" : out;
}

}  // namespace

std::string_view name_of_function(std::uint8_t function) {
  if (function == kEncapsulated) return "MEI";
  return function < std::size(kFunctions) ? kFunctions[function] : "Unknown";
}

bool is_known(std::uint8_t function) {
  return function == kEncapsulated || (function != 0 && function < std::size(kFunctions));
}

std::string_view name_of_diagnostic(std::uint16_t code) {
  return code < std::size(kDiagnostics) ? kDiagnostics[code] : "Reserved";
}

std::string_view name_of_encapsulated(std::uint8_t type) {
  return type == kCanOpen ? "CANOpenGenRefReqResp" : type == kReadDeviceId ? "RdDevId" : "Unknown";
}

std::string_view name_of_exception(std::uint8_t code) {
  return code < std::size(kExceptions) ? kExceptions[code] : "Unknown";
}

bool is_exception(std::uint8_t code) {
  return code != 0 && code < std::size(kExceptions) && code != 8 && code != 9;
}

std::uint16_t access_of(std::uint8_t function) {
  switch (function) {
    case kReadCoils:
      return kRead | kCoils;
    case kReadDiscretes:
      return kRead | kDiscretes;
    case kReadHolding:
      return kRead | kHolding;
    case kReadInput:
      return kRead | kInput;
    case kWriteCoil:
      return kWrite | kCoils | kSingle;
    case kWriteRegister:
      return kWrite | kHolding | kSingle;
    case kWriteCoils:
      return kWrite | kCoils | kMultiple;
    case kWriteRegisters:
      return kWrite | kHolding | kMultiple;
    case kMaskWrite:
      return kWrite | kHolding;
    case kReadWriteRegisters:
      return kRead | kWrite | kHolding | kMultiple;
    default:
      return 0;
  }
}

Category category_of(std::uint8_t function) {
  if (function == 0 || function >= 0x80) return kNoCategory;
  if (is_known(function)) return kAssigned;
  if (function == 41 || function == 42 || function == 90 || function == 91 || function >= 125) {
    return kReserved;
  }
  const bool is_user = (function >= 65 && function <= 72) || (function >= 100 && function <= 110);
  return is_user ? kUserDefined : kUnassigned;
}

Category category_of_diagnostic(std::uint16_t code) {
  return name_of_diagnostic(code) == "Reserved" ? kReserved : kAssigned;
}

Category category_of_encapsulated(std::uint8_t type) {
  return type == kCanOpen || type == kReadDeviceId ? kAssigned : kReserved;
}

std::string text_of_access(std::uint16_t access) {
  static constexpr BitName kNames[] = {{kRead, "READ"},
                                       {kWrite, "WRITE"},
                                       {kDiscretes, "DISCRETES"},
                                       {kCoils, "COILS"},
                                       {kInput, "INPUT"},
                                       {kHolding, "HOLDING"},
                                       {kSingle, "SINGLE"},
                                       {kMultiple, "MULTIPLE"},
                                       {kWrite | kSingle, "WRITE_SINGLE"},
                                       {kWrite | kMultiple, "WRITE_MULTIPLE"}};
  return join(access, kNames);
}

std::string_view text_of(Category category) {
  switch (category) {
    case kNoCategory:
      break;
    case kAssigned:
      return "PUBLIC_ASSIGNED";
    case kUnassigned:
      return "PUBLIC_UNASSIGNED";
    case kUserDefined:
      return "USER_DEFINED";
    case kReserved:
      return "RESERVED";
  }
  return "NONE";
}

std::string text_of_mistakes(std::uint8_t mistakes) {
  static constexpr BitName kNames[] = {{kValue, "DATA_VALUE"},
                                       {kLength, "DATA_LENGTH"},
                                       {kExceptionCode, "EXC_CODE"},
                                       {kFunctionCode, "FUNC_CODE"},
                                       {kProtocolId, "PROTO_ID"}};
  return join(mistakes, kNames);
}

}  // namespace culvert::modbus
