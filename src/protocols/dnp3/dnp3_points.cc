#include "protocols/dnp3/dnp3_points.h"

#include <algorithm>
#include <bit>
#include <iterator>

namespace culvert::dnp3 {
namespace {

using Kind = Field::Kind;

constexpr Field bit(std::string_view name, std::uint8_t bits = 1) {
  return {name, Kind::kBits, bits};
}
constexpr Field u8(std::string_view name) { return {name, Kind::kUnsigned, 1}; }
constexpr Field u16(std::string_view name) { return {name, Kind::kUnsigned, 2}; }
constexpr Field u32(std::string_view name) { return {name, Kind::kUnsigned, 4}; }
constexpr Field u48(std::string_view name) { return {name, Kind::kUnsigned, 6}; }
constexpr Field i16(std::string_view name) { return {name, Kind::kSigned, 2}; }
constexpr Field i32(std::string_view name) { return {name, Kind::kSigned, 4}; }
constexpr Field f32(std::string_view name) { return {name, Kind::kFloat, 4}; }
constexpr Field f64(std::string_view name) { return {name, Kind::kFloat, 8}; }
constexpr Field text(std::string_view name, std::uint8_t size) { return {name, Kind::kText, size}; }
constexpr Field blob(std::string_view name, std::uint8_t size) { return {name, Kind::kBlob, size}; }

// Flags.
constexpr Field kState[] = {bit("state")};
constexpr Field kStateByte[] = {u8("state")};
constexpr Field kDoubleState[] = {bit("state", 2)};
constexpr Field kPoint[] = {bit("point")};
constexpr Field kBinary[] = {bit("online"),        bit("restart"),      bit("comm_lost"),
                             bit("remote_forced"), bit("local_forced"), bit("chatter_filter"),
                             bit("reserved"),      bit("state")};
constexpr Field kDouble[] = {bit("online"),        bit("restart"),      bit("comm_lost"),
                             bit("remote_forced"), bit("local_forced"), bit("chatter_filter"),
                             bit("state", 2)};
constexpr Field kOutput[] = {bit("online"),        bit("restart"),      bit("comm_lost"),
                             bit("remote_forced"), bit("local_forced"), bit("reserved0"),
                             bit("reserved1"),     bit("state")};
constexpr Field kCounter[] = {bit("online"),        bit("restart"),      bit("comm_lost"),
                              bit("remote_forced"), bit("local_forced"), bit("rollover"),
                              bit("discontinuity"), bit("reserved0")};
constexpr Field kCounter1[] = {bit("online"),        bit("restart"),      bit("comm_lost"),
                               bit("remote_forced"), bit("local_forced"), bit("rollover"),
                               bit("discontinuity"), bit("reserved1")};
constexpr Field kDelta[] = {bit("online"),        bit("restart"),      bit("comm_lost"),
                            bit("remote_forced"), bit("local_forced"), bit("rollover"),
                            bit("reserved0"),     bit("reserved1")};
constexpr Field kAnalog[] = {bit("online"),        bit("restart"),      bit("comm_lost"),
                             bit("remote_forced"), bit("local_forced"), bit("over_range"),
                             bit("reference_err"), bit("reserved0")};
constexpr Field kStatistic[] = {bit("online"),        bit("restart"),      bit("comm_lost"),
                                bit("remote_forced"), bit("local_forced"), bit("reserved0"),
                                bit("discontinuity"), bit("reserved1"),    u16("association_id"),
                                u32("count_value")};
constexpr Field kCommanded[] = {bit("status_code", 7), bit("commanded_state")};
constexpr Field kCommandStatus[] = {bit("status_code", 7), bit("reserved0")};

// Values.
constexpr Field kCount32[] = {u32("count")}, kCount16[] = {u16("count")};
constexpr Field kInt32[] = {i32("value")}, kInt16[] = {i16("value")}, kByte[] = {u8("value")};
constexpr Field kFloat32[] = {f32("value")}, kFloat64[] = {f64("value")};
constexpr Field kCommandedInt32[] = {i32("commanded_value")};
constexpr Field kCommandedInt16[] = {i16("commanded_value")};
constexpr Field kCommandedFloat32[] = {f32("commanded_value")};
constexpr Field kCommandedFloat64[] = {f64("commanded_value")};
constexpr Field kControlStatus[] = {u8("control_status")};
constexpr Field kDeadband16[] = {u16("deadband_value")}, kDeadband32[] = {u32("deadband_value")};
constexpr Field kDeadbandFloat[] = {f32("deadband_value")};
constexpr Field kTime[] = {u48("timestamp")}, kTime16[] = {u16("timestamp")};
constexpr Field kRelativeTime[] = {u16("relative_time_ms")};
constexpr Field kInterval[] = {u32("interval")};
constexpr Field kIndexedInterval[] = {u32("interval_count"), u8("interval_units")};
constexpr Field kDelaySeconds[] = {u16("delay_secs")}, kDelayMilliseconds[] = {u16("delay_ms")};
constexpr Field kControl[] = {
    bit("op_type", 4), bit("qu"),     bit("cr"),      bit("tcc", 2),
    u8("count"),       u32("ontime"), u32("offtime"), bit("status_code", 7),
    bit("reserved")};
constexpr Field kBuffer[] = {bit("fill_percentage", 7), bit("overflow_state"), u8("group"),
                             u8("variation")};
constexpr Field kDataSet[] = {bit("rd"), bit("wr"),       bit("st"),       bit("ev"),
                              bit("df"), bit("padding0"), bit("padding1"), bit("padding2")};
constexpr Field kRegistration[] = {text("data->vendor_code", Field::kFixed + 4), u16("object_id"),
                                   u16("length"), blob("data->data_objects", 2)};

// Files, group 70.
constexpr Field kFileId[] = {
    u16("filename_size"), u8("filetype_code"), u8("attribute_code"),     u16("start_record"),
    u16("end_record"),    u32("file_size"),    u48("created_timestamp"), u16("permission"),
    u32("file_id"),       u32("owner_id"),     u32("group_id"),          u8("file_function_code"),
    u8("status_code"),    text("filename", 0), u16("data_size"),         text("data", 14)};
constexpr Field kFileAuthentication[] = {
    u16("username_offset"),    u16("username_size"), u16("password_offset"), u16("password_size"),
    u32("authentication_key"), text("username", 1),  text("password", 3)};
constexpr Field kFileCommand[] = {
    u16("filename_offset"),  u16("filename_size"),      u48("created"),
    u16("permissions"),      u32("authentication_key"), u32("file_size"),
    u16("operational_mode"), u16("maximum_block_size"), u16("request_id"),
    text("filename", 1)};
constexpr Field kFileStatus[] = {u32("file_handle"),        u32("file_size"),
                                 u16("maximum_block_size"), u16("request_id"),
                                 u8("status_code"),         text("optional_text", Field::kRest)};
constexpr Field kFileTransport[] = {u32("file_handle"), u32("block_number"),
                                    text("file_data", Field::kRest)};
constexpr Field kFileTransportStatus[] = {u32("file_handle"), u32("block_number"),
                                          u8("status_code"), text("optional_text", Field::kRest)};
constexpr Field kFileDescriptor[] = {
    u16("filename_offset"),   u16("filename_size"), u16("file_type"),  u32("file_size"),
    u48("created_timestamp"), u16("permissions"),   u16("request_id"), text("filename", 1)};
constexpr Field kFileSpecification[] = {text("file_specification", Field::kRest)};

// Secure authentication, group 120.
constexpr Field kChallenge[] = {u32("csq"), u16("usr"), u8("mal"), u8("reason"),
                                blob("data->challenge_data", Field::kRest)};
constexpr Field kReply[] = {u32("csq"), u16("usr"), blob("data->mac_value", Field::kRest)};
constexpr Field kAggressive[] = {u32("csq"), u16("user_number")};
constexpr Field kKeyStatusRequest[] = {u16("user_number")};
constexpr Field kKeyStatus[] = {u32("ksq"),
                                u16("user_number"),
                                u8("key_wrap_alg"),
                                u8("key_status"),
                                u8("mal"),
                                u16("challenge_data_len"),
                                blob("data->challenge_data", 5),
                                blob("data->mac_value", Field::kRest)};
constexpr Field kKeyChange[] = {
    {"ksq", Kind::kUnsigned, 3}, u16("usr"), blob("data->wrapped_key_data", Field::kRest)};
constexpr Field kError[] = {u32("sequence_number"), u16("usr"),
                            u16("association_id"),  u8("error_code"),
                            u48("time_of_error"),   text("error_text", Field::kRest)};
constexpr Field kCertificate[] = {u8("key_change_method"), u8("certificate_type"),
                                  blob("data->certificate", Field::kRest)};
constexpr Field kMac[] = {blob("data->mac_value", Field::kRest)};
constexpr Field kUserStatus[] = {u8("key_change_method"),
                                 u8("operation"),
                                 u32("scs"),
                                 u16("user_role"),
                                 u16("user_role_expiry_interval"),
                                 u16("username_len"),
                                 u16("user_public_key_len"),
                                 u16("certification_data_len"),
                                 text("username", 5),
                                 blob("data->user_public_key", 6),
                                 blob("data->certification_data", 7)};
constexpr Field kKeyRequest[] = {u8("key_change_method"), u16("username_len"),
                                 u16("master_challenge_data_len"), text("username", 1),
                                 blob("data->master_challenge_data", 2)};
constexpr Field kKeyReply[] = {u32("ksq"), u16("user_number"), u16("challenge_data_len"),
                               blob("data->challenge_data", 2)};
constexpr Field kKeyUpdate[] = {u32("ksq"), u16("user_number"), u16("encrypted_update_key_len"),
                                blob("data->encrypted_update_key_data", 2)};
constexpr Field kSignature[] = {blob("data->digital_signature", Field::kRest)};
constexpr Field kConfirmation[] = {blob("data->mac", Field::kRest)};

struct Entry {
  std::uint8_t group, variation;
  PointFormat format;
};

// By group and variation.
constexpr Entry kEntries[] = {
    {1, 1, {{kState}, 1}},
    {1, 2, {{kBinary}}},
    {2, 1, {{kStateByte}}},
    {2, 2, {{kBinary, kTime}}},
    {2, 3, {{kBinary, kTime16}}},
    {3, 1, {{kDoubleState}, 2}},
    {3, 2, {{kDouble}}},
    {4, 1, {{kDouble}}},
    {4, 2, {{kDouble, kTime}}},
    {4, 3, {{kDouble, kRelativeTime}}},
    {10, 1, {{kState}, 1}},
    {10, 2, {{kOutput}}},
    {11, 1, {{kOutput}}},
    {11, 2, {{kOutput, kTime}}},
    {12, 1, {{kControl}}},
    {12, 2, {{kControl}}},
    {12, 3, {{kPoint}, 1}},
    {13, 1, {{kCommanded}}},
    {13, 2, {{kCommanded, kTime}}},
    {20, 1, {{kCounter, kCount32}}},
    {20, 2, {{kCounter, kCount16}}},
    {20, 3, {{kDelta, kCount32}}},
    {20, 4, {{kDelta, kCount16}}},
    {20, 5, {{kCount32}}},
    {20, 6, {{kCount16}}},
    {20, 7, {{kCount32}}},
    {20, 8, {{kCount16}}},
    {21, 1, {{kCounter, kCount32}}},
    {21, 2, {{kCounter, kCount16}}},
    {21, 3, {{kDelta, kCount32}}},
    {21, 4, {{kDelta, kCount16}}},
    {21, 5, {{kCounter1, kCount32, kTime}}},
    {21, 6, {{kCounter1, kCount16, kTime}}},
    {21, 7, {{kDelta, kCount32, kTime}}},
    {21, 8, {{kDelta, kCount16, kTime}}},
    {21, 9, {{kCount32}}},
    {21, 10, {{kCount16}}},
    {21, 11, {{kCount32}}},
    {21, 12, {{kCount16}}},
    {22, 1, {{kCounter, kCount32}}},
    {22, 2, {{kCounter, kCount16}}},
    {22, 3, {{kDelta, kCount32}}},
    {22, 4, {{kDelta, kCount16}}},
    {22, 5, {{kDelta, kCount32, kTime}}},
    {22, 6, {{kCounter, kCount16, kTime}}},
    {22, 7, {{kDelta, kCount32, kTime}}},
    {22, 8, {{kDelta, kCount16, kTime}}},
    {23, 1, {{kCounter, kCount32}}},
    {23, 2, {{kDelta, kCount16}}},
    {23, 3, {{kDelta, kCount32}}},
    {23, 4, {{kDelta, kCount16}}},
    {23, 5, {{kCounter, kCount32, kTime}}},
    {23, 6, {{kCounter, kCount16, kTime}}},
    {23, 7, {{kDelta, kCount32, kTime}}},
    {23, 8, {{kDelta, kCount16, kTime}}},
    {30, 1, {{kAnalog, kInt32}}},
    {30, 2, {{kAnalog, kInt16}}},
    {30, 3, {{kInt32}}},
    {30, 4, {{kInt16}}},
    {30, 5, {{kAnalog, kFloat32}}},
    {30, 6, {{kAnalog, kFloat64}}},
    {31, 1, {{kAnalog, kInt32}}},
    {31, 2, {{kAnalog, kInt16}}},
    {31, 3, {{kAnalog, kInt32, kTime}}},
    {31, 4, {{kAnalog, kInt16, kTime}}},
    {31, 5, {{kInt32}}},
    {31, 6, {{kInt16}}},
    {31, 7, {{kAnalog, kFloat32}}},
    {31, 8, {{kAnalog, kFloat64}}},
    {32, 1, {{kAnalog, kInt32}}},
    {32, 2, {{kAnalog, kInt16}}},
    {32, 3, {{kAnalog, kInt32, kTime}}},
    {32, 4, {{kAnalog, kInt16, kTime}}},
    {32, 5, {{kAnalog, kFloat32}}},
    {32, 6, {{kAnalog, kFloat64}}},
    {32, 7, {{kAnalog, kFloat32, kTime}}},
    {32, 8, {{kAnalog, kFloat64, kTime}}},
    {33, 1, {{kAnalog, kInt32}}},
    {33, 2, {{kAnalog, kInt16}}},
    {33, 3, {{kAnalog, kInt32, kTime}}},
    {33, 4, {{kAnalog, kInt16, kTime}}},
    {33, 5, {{kAnalog, kFloat32}}},
    {33, 6, {{kAnalog, kFloat64}}},
    {33, 7, {{kAnalog, kFloat32, kTime}}},
    {33, 8, {{kAnalog, kFloat64, kTime}}},
    {34, 1, {{kDeadband16}}},
    {34, 2, {{kDeadband32}}},
    {34, 3, {{kDeadbandFloat}}},
    {40, 1, {{kAnalog, kInt32}}},
    {40, 2, {{kAnalog, kInt16}}},
    {40, 3, {{kAnalog, kFloat32}}},
    {40, 4, {{kAnalog, kFloat64}}},
    {41, 1, {{kInt32, kControlStatus}}},
    {41, 2, {{kInt16, kControlStatus}}},
    {41, 3, {{kFloat32, kControlStatus}}},
    {41, 4, {{kFloat64, kControlStatus}}},
    {42, 1, {{kAnalog, kInt32}}},
    {42, 2, {{kAnalog, kInt16}}},
    {42, 3, {{kAnalog, kInt32, kTime}}},
    {42, 4, {{kAnalog, kInt16, kTime}}},
    {42, 5, {{kAnalog, kFloat32}}},
    {42, 6, {{kAnalog, kFloat64}}},
    {42, 7, {{kAnalog, kFloat32, kTime}}},
    {42, 8, {{kAnalog, kFloat64, kTime}}},
    {43, 1, {{kCommandStatus, kCommandedInt32}}},
    {43, 2, {{kCommandStatus, kCommandedInt16}}},
    {43, 3, {{kCommandStatus, kCommandedInt32, kTime}}},
    {43, 4, {{kCommandStatus, kCommandedInt16, kTime}}},
    {43, 5, {{kCommandStatus, kCommandedFloat32}}},
    {43, 6, {{kCommandStatus, kCommandedFloat64}}},
    {43, 7, {{kCommandStatus, kCommandedFloat32, kTime}}},
    {43, 8, {{kCommandStatus, kCommandedFloat64, kTime}}},
    {50, 1, {{kTime}}},
    {50, 2, {{kTime, kInterval}}},
    {50, 3, {{kTime}}},
    {50, 4, {{kTime, kIndexedInterval}}},
    {51, 1, {{kTime}}},
    {51, 2, {{kTime}}},
    {52, 1, {{kDelaySeconds}}},
    {52, 2, {{kDelayMilliseconds}}},
    {70, 1, {{kFileId}}},
    {70, 2, {{kFileAuthentication}}},
    {70, 3, {{kFileCommand}}},
    {70, 4, {{kFileStatus}}},
    {70, 5, {{kFileTransport}}},
    {70, 6, {{kFileTransportStatus}}},
    {70, 7, {{kFileDescriptor}}},
    {70, 8, {{kFileSpecification}}},
    {80, 1, {{kState}, 1}},
    {81, 1, {{kBuffer}}},
    {83, 1, {{kRegistration}}},
    {86, 2, {{kDataSet}}},
    {102, 1, {{kByte}}},
    {120, 1, {{kChallenge}}},
    {120, 2, {{kReply}}},
    {120, 3, {{kAggressive}}},
    {120, 4, {{kKeyStatusRequest}}},
    {120, 5, {{kKeyStatus}}},
    {120, 6, {{kKeyChange}}},
    {120, 7, {{kError}}},
    {120, 8, {{kCertificate}}},
    {120, 9, {{kMac}}},
    {120, 10, {{kUserStatus}}},
    {120, 11, {{kKeyRequest}}},
    {120, 12, {{kKeyReply}}},
    {120, 13, {{kKeyUpdate}}},
    {120, 14, {{kSignature}}},
    {120, 15, {{kConfirmation}}},
    {121, 1, {{kStatistic}}},
    {122, 1, {{kStatistic}}},
    {122, 2, {{kStatistic, kTime}}},
};

constexpr unsigned key_of(const Entry& entry) { return entry.group * 256u + entry.variation; }
static_assert(std::ranges::is_sorted(kEntries, {}, key_of));

std::uint64_t extend_sign(std::uint64_t value, unsigned bits) {
  const unsigned shift = 64 - bits;
  return static_cast<std::uint64_t>(static_cast<std::int64_t>(value << shift) >> shift);
}

}  // namespace

const PointFormat* find_format(std::uint8_t group, std::uint8_t variation) {
  const unsigned wanted = group * 256u + variation;
  const auto found = std::ranges::lower_bound(kEntries, wanted, {}, key_of);
  return found != std::end(kEntries) && key_of(*found) == wanted ? &found->format : nullptr;
}

FieldValue PointReader::read(const Field& field) {
  FieldValue value;
  if (field.kind != Kind::kBits) bits_left_ = 0;
  switch (field.kind) {
    case Kind::kBits:
      if (bits_left_ == 0) {
        bits_ = in_.u8();
        bits_left_ = 8;
      }
      value.number = bits_ & ((1u << field.size) - 1);
      bits_ >>= field.size;
      bits_left_ -= field.size;
      break;
    case Kind::kUnsigned:
      value.number = in_.read_little(field.size);
      break;
    case Kind::kSigned:
      value.number = extend_sign(in_.read_little(field.size), field.size * 8u);
      break;
    case Kind::kFloat:
      if (field.size == 4) {
        value.real = std::bit_cast<float>(static_cast<std::uint32_t>(in_.read_little(4)));
      } else {
        value.real = std::bit_cast<double>(in_.read_little(8));
      }
      break;
    case Kind::kText:
    case Kind::kBlob: {
      std::size_t size = 0;
      if (field.size == Field::kRest) {
        const std::size_t used = before_ - in_.size();
        if (used > size_) {
          ok_ = false;
          break;
        }
        size = size_ - used;
      } else if (field.size >= Field::kFixed) {
        size = field.size - Field::kFixed;
      } else {
        size = static_cast<std::size_t>(numbers_[field.size]);
      }
      value.bytes = in_.take(size);
      break;
    }
  }
  if (count_ < kMostFields) numbers_[count_++] = value.number;
  return value;
}

}  // namespace culvert::dnp3
