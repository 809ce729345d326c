// What plain HTTP and DNS look like, in lower case: a pattern that occurs in it is found in nearly
// every message, and so tells nothing. For choosing what to search for.
#pragma once

#include <string_view>

namespace culvert {

inline constexpr std::string_view kOrdinaryTraffic =
    "get / http/1.1\r\nhost: www.\r\nconnection: keep-alive\r\n"
    "cache-control: max-age=0\r\ncache-control: no-cache\r\npragma: no-cache\r\n"
    "user-agent: mozilla/5.0 (windows nt 10.0; win64; x64) applewebkit/537.36 (khtml, like gecko) "
    "chrome/120.0.0.0 safari/537.36 edg/120.0\r\n"
    "user-agent: mozilla/5.0 (macintosh; intel mac os x 10_15_7) applewebkit/605.1.15 (khtml, like "
    "gecko) version/17.0 safari/605.1.15\r\n"
    "user-agent: mozilla/4.0 (compatible; msie 6.0; windows nt 5.1)\r\n"
    "accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8\r\n"
    "accept: */*\r\naccept-encoding: gzip, deflate, br\r\naccept-language: en-us,en;q=0.5\r\n"
    "upgrade-insecure-requests: 1\r\ncookie: \r\nreferer: http://\r\norigin: https://\r\n"
    "post / http/1.0\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: \r\n\r\n"
    "http/1.1 200 ok\r\nserver: nginx\r\nserver: apache\r\ndate: mon, \r\n"
    "content-type: text/html; charset=utf-8\r\ncontent-type: application/json\r\n"
    "content-length: \r\nlast-modified: \r\netag: \r\naccept-ranges: bytes\r\n"
    "transfer-encoding: chunked\r\nconnection: close\r\nset-cookie: \r\nvary: accept-encoding\r\n"
    "expires: \r\nlocation: http://\r\n\r\n<html><head><title></title></head><body></body></html>"
    "\r\nhost\r\nuser-agent\r\naccept\r\naccept-language\r\naccept-encoding\r\nconnection\r\n"
    "content-type\r\ncontent-length\r\nreferer\r\ncookie\r\ncache-control\r\n\r\n.com.net.org";

/// Headers and ends of questions and answers, after any transaction id.
inline constexpr std::string_view kOrdinaryDns{
    "\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00"       // a question: flags and counts
    "\x03www\x03"                                    //
    "com\x00\x00\x01\x00\x01\x00\x00\x29"            // IN A; EDNS
    "\x81\x80\x00\x01\x00\x01\x00\x00\x00\x00"       // an answer
    "\xc0\x0c\x00\x01\x00\x01\x00\x00"               // a record of the name asked for
    "\x85\x80\x00\x01\x00\x01\x00\x00\x00\x01\x00",  // the same with authority
    55};

}  // namespace culvert
