// How common a byte is behind another in what is inspected: pages, scripts, programs.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/ascii_case.h"

namespace culvert {

namespace internal {

/// Bytes that are as good as one another. Behind the letters, which are a class each.
constexpr std::string_view kByteClasses[] = {
    "0123456789", " ", "\r\n\t", ".", "/",  "-", "_",    "=",     "\"'",
    "<",          ">", "(",      ")", ":;", ",", "{}[]", "&?+%#", {"\0", 1}};

constexpr std::array<std::uint8_t, 256> make_byte_classes() {
  constexpr std::uint8_t kLetters = 26;
  constexpr std::uint8_t kPrintable = kLetters + std::size(kByteClasses);
  constexpr std::uint8_t kControl = kPrintable + 1, kHigh = kPrintable + 2;
  std::array<std::uint8_t, 256> table{};
  for (unsigned i = 0; i < table.size(); ++i) {
    const auto byte = static_cast<std::uint8_t>(i);
    if (is_ascii_letter(byte)) {
      table[i] = static_cast<std::uint8_t>(ascii_lower(byte) - 'a');
    } else {
      table[i] = byte >= 0x80 ? kHigh : byte > 0x20 && byte < 0x7f ? kPrintable : kControl;
    }
  }
  for (std::uint8_t number = 0; number < std::size(kByteClasses); ++number) {
    for (const char c : kByteClasses[number]) {
      table[static_cast<std::uint8_t>(c)] = static_cast<std::uint8_t>(kLetters + number);
    }
  }
  return table;
}
inline constexpr std::array<std::uint8_t, 256> kByteClassOf = make_byte_classes();

/// The class of the first byte gives the row, that of the second the letter: the next one in the
/// alphabet is twice as common, 'a' one pair of 65,536 or less. From scripts/make-byte-pairs.
inline constexpr std::string_view kBytePairs[] = {
    "cghhcdgcfbeiiibgaihiffddfbehcdaggaeagcbdddabeef",
    "gccchccaefchbagbafeegaafecdcabadbadacaacaaacaed",
    "hcechcahfaggccjcafehgaaccadeadacdbecabbdcbbcadd",
    "gcdgibcdhbafdcgbaeefeaabeadhdeafedfcfdcfedaegee",
    "hfhhgifdfcbhhjegejihefehfbfiegcgefiegfegggcecde",
    "hbccffabhaagbdicaedfgaabcafgbdacbgdbacadabadaee",
    "eddbhadggaaecfdbaggffaaabaagcdddcdfcdacecbacadc",
    "hadbiaachabfbafdagchdaaabagfcdadbdgbaddfcccccfj",
    "fghgfghaabchgjifcfhicgaeafcfbeacdafbgabcccccbdg",
    "daaaeaaabaaaaabaeafacaaaaaacabaaaabaaacabbacadd",
    "dbbagaebeaaabccaabdbcaaaaacebbadbaebabaeecacacc",
    "iddgjcbbieahachgacghgfbbfafgcfeeecgcddcfedfcfdg",
    "hfddiacagaahgcggaaecdaaaaaefaebdcaebdabfdcacace",
    "ibhhhehdgbffddhfachjgeacdaeidfafddgdffdfedbcccd",
    "efghcgeaebehhjfhajfggfgdacagbcadbaeaaaaecbacacc",
    "iabdibagfabgbdgfaheggaafdacfcdacbadcfcbfccacbee",
    "aaaaaaaaaaaaabaaaaaafaaaaaaaaaaaaabaaaaaaaacacc",
    "hdfgjdgbhaefgghdaghhfecafachdedfddfefedgedacbcd",
    "fcgcieaghadhedghcdhigcfbeaehegdffggeaddfeeadcdc",
    "hdggjeciiabfgfhfbighgcddhbeiefcifdheffehffccffd",
    "feeehdedeabgghcfahghaaaaaabcbbadaadaaaaaaabcaee",
    "haaahabafaaaeadaaaabaaaaaaceaeacaacadaaaaaadccc",
    "fabbgaaegaaaaeebaedaaadagaceadacaacaaaacaaabacd",
    "cacadaaddaaaeabfaahgaaacaadfacadbadbabbebdabadd",
    "cbcbcaaacaafdddhabedaadaaabgdeagcbebcdcfdcacacc",
    "caaafaaacaacaecaaaabaaaaabbaaaacaabaaaaaaaabacc",
    "eeeefececaaecacfaddcacabaajgdfcdeahdebeggfeeceh",
    "hhighhehheegghhgcghifggecbhmchgedhkgdggeajgdgde",
    "dddedeadfcaccccdaedebecbaabkkggaaacgcdbbahcfbee",
    "fefeehegeccedeefbgffccgbaafefecabacdaaaaaaabadb",
    "gdffcccddbagbabfabfgccccaabgeagaaacafaaaaaabfaa",
    "ffheefeeebcffeeebeggdffebafeaaahaabaaaaaaaababb",
    "dcededccdacddecdadeebcbcaegaacaadabaaaaaaaacbbc",
    "aabacbaaaaaaabaaabacaaaaaadhaaaaaghacaaaababbcd",
    "gfhffgegfbdffhefbehgefedbcfggccaaafbhaejigfcfbf",
    "gfefbaaedaafaaaeaaffccaaaaacaaiaabaaaaaaaaaacbb",
    "dcddcdabcaacccbdacddccbfaacfhcbbcabiaccddacabba",
    "dcccdcbddabccddcaccdbcbbaadgbdadaaecabfaaccdccd",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaahddaaaaddabdgeecacbe",
    "dhddcfaddaaedfcdadddbdcaaafjicedaagdaaacabebdcc",
    "cacabbaddaaabcbaaccdbaaaaacijgaaaacbaaaaaaabbbb",
    "edgdbdacdaacdbbcacbeacbaaaegjgababcbaadehgbcdde",
    "dcdcddbccaabbcaaabdbaaafaaffdaaabbdaadcdacfdcde",
    "eccddechebbfdbbdbcdddcbdbafdccaafacbacabbcdmfii",
    "dbbccfafdaacccbeaccccabdaafgecfbbddbaebbbdbfghg",
    "edbfdechebbedcccbbbdcbcbbaeddaaaaabaadcbaddjfii",
    "eddgefdifddgeddeddegfdddccgdfbbcbefdbcbdcffhhjl",
};
static_assert(std::size(kBytePairs) == kByteClassOf[0xff] + 1u);
static_assert([] {
  for (const std::string_view row : kBytePairs) {
    if (row.size() != std::size(kBytePairs)) return false;
  }
  return true;
}());

}  // namespace internal

/// Logarithm to base 2, from 0 (one of 65,536 pairs or less) to 16. Case is ignored.
constexpr int pair_commonness(std::uint8_t first, std::uint8_t second) {
  using internal::kByteClassOf, internal::kBytePairs;
  return kBytePairs[kByteClassOf[first]][kByteClassOf[second]] - 'a';
}

}  // namespace culvert
