#include "protocols/enip/enip_names.h"

#include <algorithm>
#include <iterator>

#include "rule/value.h"

namespace culvert::enip {
namespace {

constexpr NumberName kDeviceTypes[] = {
    {0, "Generic Device (deprecated)"},
    {1, "Control Station (deprecated)"},
    {2, "AC Drive Device"},
    {3, "Motor Overload"},
    {4, "Limit Switch"},
    {5, "Inductive Proximity Switch"},
    {6, "Photoelectric Sensor"},
    {7, "General Purpose Discrete I/O"},
    {8, "Encoder (deprecated)"},
    {9, "Resolver"},
    {10, "General Purpose Analog I/O (deprecated)"},
    {12, "Communications Adapter"},
    {13, "Barcode Scanner (deprecated)"},
    {14, "Programmable Logic Controller"},
    {16, "Position Controller"},
    {17, "Weigh Scale (deprecated)"},
    {18, "Message Display (deprecated)"},
    {19, "DC Drive"},
    {20, "Servo Drives (deprecated)"},
    {21, "Contactor"},
    {22, "Motor Starter"},
    {23, "Softstart Starter"},
    {24, "Human-Machine Interface"},
    {25, "Pneumatic Valve(s) (deprecated)"},
    {26, "Mass Flow Controller"},
    {27, "Pneumatic Valve(s)"},
    {28, "Vacuum Pressure Gauge"},
    {29, "Process Control Value"},
    {30, "Residual Gas Analyzer"},
    {31, "DC Power Generator"},
    {32, "RF Power Generator"},
    {33, "Turbomolecular Vacuum Pump"},
    {34, "Encoder"},
    {35, "Safety Discrete I/O Device"},
    {36, "Fluid Flow Controller"},
    {37, "CIP Motion Drive"},
    {38, "CompoNet Repeater"},
    {39, "Mass Flow Controller Enhanced"},
    {40, "CIP Modbus Device"},
    {41, "CIP Modbus Translator"},
    {42, "Safety Analog I/O Device"},
    {43, "Generic Device (keyable)"},
    {44, "Managed Ethernet Switch"},
    {45, "CIP Motion Safety Drive Device"},
    {46, "Safety Drive Device"},
    {47, "CIP Motion Encoder"},
    {48, "CIP Motion Converter"},
    {49, "CIP Motion I/O"},
    {50, "ControlNet Physical Layer Component"},
    {100, "In-Sight 2000 Series"},
    {150, "PowerFlex 525"},
    {200, "Embedded Component"},
};
constexpr NumberName kServices[] = {
    {1, "Get Attributes All"},
    {2, "Set Attributes All"},
    {3, "Get Attribute List"},
    {4, "Set Attribute List"},
    {5, "Reset"},
    {6, "Start"},
    {7, "Stop"},
    {8, "Create"},
    {9, "Delete"},
    {10, "Multiple Service Packet"},
    {13, "Apply Attributes"},
    {14, "Get Attributes Single"},
    {16, "Set Attributes Single"},
    {17, "Find Next Object Instance"},
    {21, "Restore"},
    {22, "Save"},
    {23, "No Forward Open"},
    {24, "Get Member"},
    {25, "Set Member"},
    {26, "Insert Member"},
    {27, "Remove Member"},
    {28, "Group Sync"},
    {29, "Get Connection Point Member List"},
    {75, "Execute PCCC Service"},
    {76, "Read Data"},
    {77, "Write Data"},
    {78, "Read Write Modify Data"},
    {82, "Read Data Fragmented"},
    {83, "Write Data Fragmented"},
    {84, "Forward Open"},
};
constexpr NumberName kClasses[] = {
    {1, "Identity"},
    {2, "Message Router"},
    {3, "DeviceNet"},
    {4, "Assembly"},
    {5, "Connection"},
    {6, "Connection Manager"},
    {7, "Register"},
    {8, "Discrete Input Point"},
    {9, "Discrete Output Point"},
    {10, "Analog Input Point"},
    {11, "Analog Output Point"},
    {14, "Presence Sensing"},
    {15, "Parameter"},
    {16, "Parameter Group"},
    {18, "Group"},
    {29, "Discrete Input Group"},
    {30, "Discrete Output Group"},
    {31, "Discrete Group"},
    {32, "Analog Input Group"},
    {33, "Analog Output Group"},
    {34, "Analog Group"},
    {35, "Position Sensor"},
    {36, "Position Controller Supervisor"},
    {37, "Position Controller"},
    {38, "Block Sequencer"},
    {39, "Command Block"},
    {40, "Motor Data"},
    {41, "Control Supervisor"},
    {42, "AC/DC Drive"},
    {43, "Acknowledge Handler"},
    {44, "Overload"},
    {45, "Softstart"},
    {46, "Selection"},
    {48, "S-Device Supervisor"},
    {49, "S-Analog Sensor"},
    {50, "S-Analog Actuator"},
    {51, "S-Single Stage Controller"},
    {52, "S-Gas Calibration"},
    {53, "Trip Point"},
    {55, "File"},
    {56, "S-Partial Pressure"},
    {57, "Safety Supervisor"},
    {58, "Safety Validator"},
    {59, "Safety Discrete Output Point"},
    {60, "Safety Discrete Output Group"},
    {61, "Safety Discrete Input Point"},
    {62, "Safety Discrete Input Group"},
    {63, "Safety Dual Channel Output"},
    {64, "S-Sensor Calibration"},
    {65, "Event Log"},
    {66, "Motion Device Axis"},
    {67, "Time Sync"},
    {68, "Modbus"},
    {69, "Originator Connection List"},
    {70, "Modbus Serial Link"},
    {71, "Device Level Ring (DLR)"},
    {72, "QoS"},
    {73, "Safety Analog Input Point"},
    {74, "Safety Analog Input Group"},
    {75, "Safety Dual Channel Analog Input"},
    {76, "SERCOS III Link"},
    {77, "Target Connection List"},
    {78, "Base Energy"},
    {79, "Electrical Energy"},
    {80, "Non-Electrical Energy"},
    {81, "Base Switch"},
    {82, "SNMP"},
    {83, "Power Management"},
    {84, "RSTP Bridge"},
    {85, "RSTP Port"},
    {86, "PRP/HSR Protocol"},
    {87, "PRP/HSR Nodes Table"},
    {88, "Safety Feedback"},
    {89, "Safety Dual Channel Feedback"},
    {90, "Safety Stop Functions"},
    {91, "Safety Limit Functions"},
    {92, "Power Curtailment"},
    {93, "CIP Security"},
    {94, "EtherNet/IP Security"},
    {95, "Certificate Management"},
    {103, "PCCC Class"},
    {240, "ControlNet"},
    {241, "ControlNet Keeper"},
    {242, "ControlNet Scheduling"},
    {243, "Connection Configuration"},
    {244, "Port"},
    {245, "TCP/IP Interface"},
    {246, "Ethernet Link"},
    {247, "CompoNet"},
    {248, "CompoNet Repeater"},
};
constexpr NumberName kCipStatuses[] = {
    {0, "Success"},
    {1, "Connection Failure"},
    {2, "Resource Unavailable"},
    {3, "Invalid Parameter Value"},
    {4, "Path Segment Error"},
    {5, "Path Destination Unknown"},
    {6, "Partial Transfer"},
    {7, "Connection Lost"},
    {8, "Service Not Supported"},
    {9, "Invalid Attribute Value"},
    {10, "Attribute List Error"},
    {11, "Already In Requested Mode/State"},
    {12, "Object State Conflict"},
    {13, "Object Already Exists"},
    {14, "Attribute Not Settable"},
    {15, "Privilege Violation"},
    {16, "Device State Conflict"},
    {17, "Reply Data Too Large"},
    {18, "Fragmentation Of A Primitive Value"},
    {19, "Not Enough Data"},
    {20, "Attribute Not Supported"},
    {21, "Too Much Data"},
    {22, "Object Does Not Exist"},
    {23, "Service Fragmentation Sequence Not In Progress"},
    {24, "No Stored Attribute Data"},
    {25, "Store Operation Failure"},
    {26, "Routing Failure, Request Packet Too Large"},
    {27, "Routing Failure, Response Packet Too Large"},
    {28, "Missing Attribute List Entry Data"},
    {29, "Invalid Attribute Value List"},
    {30, "Embedded Service Error"},
    {31, "Vendor Specific Error"},
    {32, "Invalid Parameter"},
    {33, "Write-Once Value Or Medium Already Written"},
    {34, "Invalid Reply Received"},
    {35, "Buffer Overflow"},
    {36, "Invalid Message Format"},
    {37, "Key Failure In Path"},
    {38, "Path Size Invalid"},
    {39, "Unexpected Attribute In List"},
    {40, "Invalid Member ID"},
    {41, "Member Not Settable"},
    {42, "Group 2 Only Server General Failure"},
    {43, "Unknown Modbus Error"},
    {44, "Attribute Not Gettable"},
    {255, "Still Processing"},
};
constexpr NumberName kCommands[] = {
    {0, "nop"},
    {4, "list_services"},
    {0x63, "list_identity"},
    {0x64, "list_interfaces"},
    {0x65, "register_session"},
    {0x66, "unregister_session"},
    {0x6f, "send_r_r_data"},
    {0x70, "send_unit_data"},
    {0x72, "indicate_status"},
    {0x73, "cancel"},
};
constexpr NumberName kStatuses[] = {
    {0, "success"},
    {1, "invalid_cmd"},
    {2, "no_resources"},
    {3, "incorrect_data"},
    {100, "invalid_session"},
    {101, "invalid_length"},
    {105, "unsupported_prot_rev"},
    {106, "encap_header_error"},
};

std::string name_in(std::span<const NumberName> names, std::uint32_t number) {
  const auto found = std::ranges::lower_bound(names, number, {}, &NumberName::first);
  if (found != names.end() && found->first == number) return std::string(found->second);
  return "unknown-" + std::to_string(number);
}

std::optional<std::uint64_t> find_in(std::span<const NumberName> names, std::string_view word) {
  const auto found = std::ranges::find_if(
      names, [&](const NumberName& known) { return equals_ignoring_case(known.second, word); });
  if (found == names.end()) return std::nullopt;
  return found->first;
}

}  // namespace

bool is_command(std::uint16_t command) {
  const auto found = std::ranges::lower_bound(kCommands, command, {}, &NumberName::first);
  return found != std::end(kCommands) && found->first == command;
}
std::string name_of_command(std::uint16_t command) { return name_in(kCommands, command); }
std::string name_of_status(std::uint32_t status) { return name_in(kStatuses, status); }
std::string name_of_vendor(std::uint16_t vendor) { return name_in(kVendors, vendor); }
std::string name_of_device_type(std::uint16_t type) { return name_in(kDeviceTypes, type); }
std::string name_of_service(std::uint8_t service) { return name_in(kServices, service); }
std::string name_of_class(std::uint32_t number) {
  return number == 0 ? std::string() : name_in(kClasses, number);
}
std::string name_of_cip_status(std::uint8_t status) { return name_in(kCipStatuses, status); }

std::optional<std::uint64_t> find_command(std::string_view word) {
  return find_in(kCommands, word);
}
std::optional<std::uint64_t> find_status(std::string_view word) { return find_in(kStatuses, word); }

}  // namespace culvert::enip
