#pragma once

namespace culvert {
struct KeywordSpec;
}

namespace culvert::modbus {

extern const KeywordSpec* const kModbusKeywords[1];

}  // namespace culvert::modbus
