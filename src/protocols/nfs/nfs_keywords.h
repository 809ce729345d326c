#pragma once

namespace culvert {
struct KeywordSpec;
}

namespace culvert::nfs {

extern const KeywordSpec* const kNfsKeywords[2];

}  // namespace culvert::nfs
