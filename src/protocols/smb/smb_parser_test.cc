#include "protocols/smb/smb_parser.h"

#include <gtest/gtest.h>

#include <string>

#include "app/talk_testing.h"
#include "files/file_tracker.h"
#include "protocols/smb/smb_eve.h"
#include "protocols/smb/smb_keywords.h"
#include "protocols/smb/smb_protocol.h"
#include "protocols/text/keyword_testing.h"
#include "testing/chop.h"
#include "testing/hex.h"

namespace culvert::smb {
namespace {

std::vector<std::byte> little(std::uint64_t value, std::size_t size) {
  std::vector<std::byte> out;
  for (std::size_t i = 0; i < size; ++i) out.push_back(static_cast<std::byte>(value >> 8 * i));
  return out;
}
std::vector<std::byte> utf16(std::string_view text) {
  std::vector<std::byte> out;
  for (const char c : text) out.push_back(static_cast<std::byte>(c)), out.push_back(std::byte{0});
  return out;
}
std::vector<std::byte> record(std::vector<std::byte> messages) {
  const std::size_t size = messages.size();
  return concat({std::vector{std::byte{0}, static_cast<std::byte>(size >> 16),
                             static_cast<std::byte>(size >> 8), static_cast<std::byte>(size)},
                 messages});
}

// --- version 2 ----------------------------------------------------------------------------------

struct Smb2 {
  unsigned command = 0;
  unsigned message = 0;
  bool is_response = false;
  std::uint32_t status = 0;
  unsigned tree = 1;
  unsigned next = 0;
};
std::vector<std::byte> smb2(const Smb2& h, std::vector<std::byte> fields) {
  return concat({hex("fe534d42 4000 0100"), little(h.status, 4), little(h.command, 2), hex("0100"),
                 little(h.is_response ? 1 : 0, 4), little(h.next, 4), little(h.message, 8),
                 hex("fffe0000"), little(h.tree, 4), little(7, 8), std::vector<std::byte>(16),
                 fields});
}
const auto kFile = hex("0100000000000000 0200000000000000");

std::vector<std::byte> connect(unsigned id, std::string_view path) {
  return record(smb2({.command = 3, .message = id, .tree = 0},
                     concat({hex("0900 0000 4800"), little(path.size() * 2, 2), utf16(path)})));
}
std::vector<std::byte> connected(unsigned id, std::string_view type, unsigned tree) {
  return record(smb2({.command = 3, .message = id, .is_response = true, .tree = tree},
                     concat({hex("1000"), hex(type), hex("00 00000000 00000000 00000000")})));
}
std::vector<std::byte> create(unsigned id, std::string_view name) {
  return record(smb2({.command = 5, .message = id},
                     concat({hex("3900 00 00 02000000"), std::vector<std::byte>(16),
                             hex("89001200 00000000 01000000 01000000 00000000 7800"),
                             little(name.size() * 2, 2), hex("00000000 00000000"), utf16(name)})));
}
std::vector<std::byte> created(unsigned id) {
  return record(smb2({.command = 5, .message = id, .is_response = true},
                     concat({hex("5900 00 00 01000000"), std::vector<std::byte>(40), little(9, 8),
                             hex("80000000 00000000"), kFile, hex("00000000 00000000")})));
}
std::vector<std::byte> write(unsigned id, std::uint64_t offset, std::string_view data) {
  return record(smb2({.command = 9, .message = id},
                     concat({hex("3100 7000"), little(data.size(), 4), little(offset, 8), kFile,
                             std::vector<std::byte>(16), as_bytes(data)})));
}
std::vector<std::byte> written(unsigned id) {
  return record(smb2({.command = 9, .message = id, .is_response = true},
                     hex("1100 0000 04000000 00000000 0000 0000")));
}
std::vector<std::byte> read(unsigned id, std::uint64_t offset) {
  return record(
      smb2({.command = 8, .message = id}, concat({hex("3100 50 00 00100000"), little(offset, 8),
                                                  kFile, std::vector<std::byte>(16), hex("00")})));
}
std::vector<std::byte> read_answer(unsigned id, Bytes data, unsigned tree = 1) {
  return record(
      smb2({.command = 8, .message = id, .is_response = true, .tree = tree},
           concat({hex("1100 50 00"), little(data.size(), 4), hex("00000000 00000000"), data})));
}
std::vector<std::byte> close(unsigned id) {
  return record(smb2({.command = 6, .message = id}, concat({hex("1800 0000 00000000"), kFile})));
}

struct Talk : ParserTalk<kSmbProtocol, SmbParser, SmbTransaction, SmbOptions> {
  explicit Talk(const SmbOptions& chosen = {}) : ParserTalk(chosen) {
    tracker.use({FileNeed::kTrack, FileNeed::kContent});
    parser.use({.files = &tracker}, flow);
  }
  ~Talk() {
    for (Transaction* each : parser.transactions()) tracker.release(each->files);
  }
  SmbTransaction& last() { return tx(count() - 1); }
  std::string all_json() {
    std::string out;
    for (std::size_t n = 0; n < count(); ++n) out += json(n) + "\n";
    return out;
  }
  /// "name:content:state" of the files of a transaction.
  std::string file(std::size_t n, Direction direction) {
    FileList* const list = tx(n).files[index_of(direction)];
    if (list == nullptr) return "none";
    std::string out;
    for (File& each : *list) {
      const auto view = each.view();
      out += each.name + ":" + (view ? std::string(as_text(view->bytes)) : "") + ":" +
             (each.state == FileState::kClosed      ? "closed"
              : each.state == FileState::kTruncated ? "truncated"
                                                    : "open");
    }
    return out;
  }

  FileTracker tracker{FileTrackerOptions{}};
};

void begin_file(Talk& talk) {
  (void)talk.say('>', connect(1, "\\\\srv\\data"));
  (void)talk.say('<', connected(1, "01", 1));
  (void)talk.say('>', create(2, "a.txt"));
  (void)talk.say('<', created(2));
}

TEST(SmbParser, AWrittenFileHoweverTheStreamIsCut) {
  const auto stream = concat({write(3, 0, "hello "), write(4, 6, "world"), close(5)});
  for_each_chop(stream, [](const std::vector<Bytes>& pieces) {
    Talk talk;
    begin_file(talk);
    for (const Bytes piece : pieces) {
      EXPECT_NE(talk.say('>', piece), ParseStatus::kMalformed);
    }
    ASSERT_EQ(talk.parser.transactions().size(), 4u);
    EXPECT_EQ(talk.file(2, Direction::kToServer), "a.txt:hello world:closed");
    EXPECT_TRUE(talk.tx(2).is_complete());
    EXPECT_EQ(talk.json(2),
              R"({"smb":{"id":3,"dialect":"unknown","command":"SMB2_COMMAND_WRITE","session_id":7,)"
              R"("tree_id":1,"filename":"a.txt","share":"",)"
              R"("fuid":"00000001-0000-0000-0002-000000000000"}})");
  });
}

TEST(SmbParser, AReadFileHoweverTheStreamIsCut) {
  const auto stream =
      concat({read_answer(3, text_bytes("hello ")), read_answer(4, text_bytes("world"))});
  for_each_chop(stream, [](const std::vector<Bytes>& pieces) {
    Talk talk;
    begin_file(talk);
    (void)talk.say('>', concat({read(3, 0), read(4, 6)}));
    for (const Bytes piece : pieces) (void)talk.say('<', piece);
    EXPECT_EQ(talk.file(2, Direction::kToClient), "a.txt:hello world:open");
    (void)talk.say('>', close(5));
    EXPECT_EQ(talk.file(2, Direction::kToClient), "a.txt:hello world:closed");
    EXPECT_NE(talk.json(2).find(R"("share":"\\\\srv\\data")"), std::string::npos) << talk.json(2);
  });
}

TEST(SmbParser, PiecesOfAFileInAnyOrder) {
  const struct {
    const char* name;
    std::vector<std::pair<std::uint64_t, std::string_view>> pieces;
    std::string_view wanted;
    bool overlaps;
  } cases[] = {
      {"the second first", {{3, "def"}, {0, "abc"}}, "a.txt:abcdef:closed", false},
      {"backwards", {{4, "ef"}, {2, "cd"}, {0, "ab"}}, "a.txt:abcdef:closed", false},
      {"one byte twice", {{0, "a"}, {0, "abcdef"}}, "a.txt:abcdef:closed", true},
      {"all of it twice", {{0, "abc"}, {0, "xyz"}}, "a.txt:abc:closed", true},
      {"a hole that stays", {{0, "abc"}, {9, "xyz"}}, "a.txt:xyz:truncated", false},
  };
  for (const auto& [name, pieces, wanted, overlaps] : cases) {
    Talk talk;
    begin_file(talk);
    unsigned id = 3;
    for (const auto& [offset, data] : pieces) (void)talk.say('>', write(id++, offset, data));
    (void)talk.say('>', close(id));
    EXPECT_EQ(talk.file(2, Direction::kToServer), wanted) << name;
    EXPECT_EQ(talk.raised(2, Event::kFileOverlap), overlaps) << name;
  }
}

TEST(SmbParser, QueuesAreBounded) {
  const struct {
    const char* name;
    SmbOptions options;
    Event event;
  } cases[] = {
      {"bytes", {.max_write_queue_size = 8}, Event::kWriteQueueSizeExceeded},
      {"pieces", {.max_write_queue_count = 2}, Event::kWriteQueueCountExceeded},
  };
  for (const auto& [name, options, event] : cases) {
    Talk talk(options);
    begin_file(talk);
    for (unsigned i = 1; i < 6; ++i) (void)talk.say('>', write(2 + i, i * 10, "abcd"));
    EXPECT_TRUE(talk.raised(2, event)) << name;
  }
}

TEST(SmbParser, GapsInFilesAndBetweenRecords) {
  const auto piece = write(3, 0, "hello world");
  const auto next = write(4, 11, "!");
  const struct {
    const char* name;
    std::size_t said, missing;  // of the two records
    std::string_view wanted;    // after a close
  } cases[] = {
      {"in the data", piece.size() - 6, 3, "a.txt:rld!:truncated"},
      {"to the end of the data", piece.size() - 6, 6, "a.txt:!:truncated"},
      {"in the fields", 30, 10, "a.txt:!:truncated"},
      {"the first record", 0, piece.size(), "a.txt:!:truncated"},
  };
  for (const auto& [name, said, missing, wanted] : cases) {
    Talk talk;
    begin_file(talk);
    const auto both = concat({piece, next});
    (void)talk.say('>', Bytes(both).first(said));
    EXPECT_NE(talk.lose('>', missing), ParseStatus::kMalformed);
    (void)talk.say('>', Bytes(both).subspan(said + missing));
    (void)talk.say('>', close(5));
    EXPECT_EQ(talk.file(2, Direction::kToServer), wanted) << name;
  }
}

TEST(SmbParser, CallsOverPipes) {
  const auto bind =
      hex("05000b03 10000000 4800 0000 01000000 b810b810 00000000 01000000 0000 0100"
          "81bb7a36 4498 f135 ad32 98f038001003 0200 0000 045d888a eb1c c911 9fe8 08002b104860 "
          "02000000");
  const auto ack =
      hex("05000c03 10000000 3c00 0000 01000000 b810b810 d62a0000 0400 31333500 0000 01000000"
          "0000 0000 045d888a eb1c c911 9fe8 08002b104860 02000000");
  const auto request = hex("05000003 10000000 1c00 0000 02000000 04000000 0000 0f00 01020304");
  const auto response = hex("05000203 10000000 1a00 0000 02000000 02000000 0000 0000 aabb");
  for (const bool known : {true, false}) {  // whether the tree connect was seen
    Talk talk;
    if (known) {
      (void)talk.say('>', connect(1, "\\\\srv\\IPC$"));
      (void)talk.say('<', connected(1, "02", 1));
    }
    (void)talk.say('>', concat({write(3, 0, as_text(bind)), read(4, 0)}));
    (void)talk.say('<', concat({written(3), read_answer(4, ack)}));
    (void)talk.say('>', concat({write(5, 0, as_text(request)), read(6, 0)}));
    (void)talk.say('<', concat({written(5), read_answer(6, Bytes(response).first(20))}));
    (void)talk.say('>', read(7, 0));
    (void)talk.say('<', read_answer(7, Bytes(response).subspan(20)));
    const std::size_t n = known ? 2 : 1;
    ASSERT_EQ(talk.parser.transactions().size(), n + 1) << known;
    EXPECT_NE(
        talk.json(n).find(R"("dcerpc":{"request":"REQUEST","response":"RESPONSE","opnum":15,)"
                          R"("req":{"frag_cnt":1,"stub_data_size":4},"interfaces":[)"
                          R"({"uuid":"367abb81-9844-35f1-ad32-98f038001003","version":"2.0"}],)"
                          R"("res":{"frag_cnt":1,"stub_data_size":2},"call_id":2})"),
        std::string::npos)
        << talk.json(n);
    EXPECT_TRUE(talk.tx(n).is_complete());
    EXPECT_EQ(read_buffer(kSmbBuffers, "dcerpc.stub_data", talk.flow, talk.tx(n)),
              "[\x01\x02\x03\x04]");
  }
}

TEST(SmbParser, MessagesThatAreChained) {
  const auto first = smb2({.command = 13, .message = 1, .next = 72}, hex("0400 0000 00000000"));
  const auto second = smb2({.command = 7, .message = 2}, hex("1800 0000 00000000"));
  for_each_chop(record(concat({first, second})), [](const std::vector<Bytes>& pieces) {
    Talk talk;
    for (const Bytes piece : pieces) (void)talk.say('>', piece);
    ASSERT_EQ(talk.parser.transactions().size(), 2u);
    EXPECT_EQ(talk.tx(0).command, 13);
    EXPECT_EQ(talk.tx(1).command, 7);
  });
}

TEST(SmbParser, AnswersOfTheWrongSide) {
  Talk talk;
  (void)talk.say('>', connect(1, "x"));
  (void)talk.say('>', connected(1, "01", 1));
  EXPECT_TRUE(talk.raised(0, Event::kResponseToServer));
  EXPECT_FALSE(talk.tx(0).is_complete());
  (void)talk.say('<', connect(2, "x"));
  EXPECT_TRUE(talk.raised(0, Event::kRequestToClient));
}

TEST(SmbParser, OldTransactionsAreGivenUp) {
  Talk talk({.max_transactions = 3});
  for (unsigned i = 0; i < 5; ++i) (void)talk.say('>', connect(i, "x"));
  EXPECT_TRUE(talk.tx(0).is_complete());
  EXPECT_TRUE(talk.tx(1).is_complete());
  EXPECT_FALSE(talk.tx(2).is_complete());
  EXPECT_TRUE(talk.raised(4, Event::kTooManyTransactions));
}

// --- version 1 ----------------------------------------------------------------------------------

std::vector<std::byte> smb1(unsigned command, bool is_response, std::vector<std::byte> words,
                            Bytes bytes) {
  return record(concat({hex("ff534d42"), little(command, 1), hex("00000000"),
                        little(is_response ? 0x80 : 0, 1),
                        hex("0140 0000 0000000000000000 0000 0100 0200 0300 0400"),
                        little(words.size() / 2, 1), words, little(bytes.size(), 2), bytes}));
}

TEST(SmbParser, NegotiatesVersion1) {
  Talk talk;
  (void)talk.say(
      '>', smb1(0x72, false, {}, text_bytes(std::string_view("\2LANMAN1.0\0\2NT LM 0.12\0", 23))));
  (void)talk.say('<', smb1(0x72, true,
                           concat({hex("0100 03 3200 0100 04110000 00000100 00000000 00000080"),
                                   std::vector<std::byte>(11)}),
                           hex("3cb19c88dd204622c59e2f9a2cc72ba6")));
  EXPECT_EQ(talk.json(0),
            R"({"smb":{"id":1,"dialect":"NT LM 0.12","command":"SMB1_COMMAND_NEGOTIATE_PROTOCOL",)"
            R"("status":"STATUS_SUCCESS","status_code":"0x0","session_id":0,"tree_id":0,)"
            R"("client_dialects":["LANMAN1.0","NT LM 0.12"],)"
            R"("server_guid":"889cb13c-20dd-2246-9ec5-9a2fa62bc72c"}})");
}

TEST(SmbParser, AWrittenFileOfVersion1) {
  // andx, id 0x4005, offset 0, timeout, mode, left, size high, size 5, data at 64, offset high
  const auto words = hex("ff000000 0540 00000000 00000000 0000 0000 0000 0500 4000 00000000");
  const auto stream = concat({smb1(0x2f, false, words, hex("00 68656c6c6f")),
                              smb1(0x04, false, hex("0540 00000000"), {})});
  for_each_chop(stream, [](const std::vector<Bytes>& pieces) {
    Talk talk;
    for (const Bytes piece : pieces) (void)talk.say('>', piece);
    ASSERT_EQ(talk.parser.transactions().size(), 2u);
    EXPECT_EQ(talk.tx(0).file->id.text(), "4005");
  });
}

// --- session setup ------------------------------------------------------------------------------

TEST(SmbParser, WhoLogsOn) {
  const auto ntlmssp =
      concat({text_bytes(std::string_view("NTLMSSP\0", 8)),
              hex("03000000 0000 0000 48000000 0000 0000 48000000"),
              hex("0400 0400 48000000 0600 0600 4c000000 0200 0200 52000000 0000 0000 54000000"),
              hex("01000002 0601 b11d 000000 0f"), utf16("AB"), utf16("bob"), utf16("h")});
  Talk talk;
  (void)talk.say(
      '>', record(smb2({.command = 1, .message = 1},
                       concat({hex("1900 00 01 00000000 00000000 5800"), little(ntlmssp.size(), 2),
                               hex("0000000000000000"), ntlmssp}))));
  EXPECT_NE(talk.json(0).find(R"("ntlmssp":{"domain":"AB","user":"bob","host":"h",)"
                              R"("version":"6.1 build 7601 rev 15"})"),
            std::string::npos)
      << talk.json(0);
  EXPECT_EQ(read_buffer(kSmbBuffers, "smb.ntlmssp_user", talk.flow, talk.tx(0)), "[bob]");
  EXPECT_EQ(read_buffer(kSmbBuffers, "smb.ntlmssp_domain", talk.flow, talk.tx(0)), "[AB]");
  EXPECT_FALSE(talk.raised(0, Event::kUnusualNtlmsspOrder));
}

TEST(SmbKeywords, SharesPipesAndVersions) {
  Talk talk;
  (void)talk.say('>', concat({connect(1, "\\\\s\\IPC$"), connect(2, "\\\\s\\C$")}));
  const auto buffer = [&](std::string_view name, std::size_t n) {
    return read_buffer(kSmbBuffers, name, talk.flow, talk.tx(n));
  };
  EXPECT_EQ(buffer("smb.named_pipe", 0), "[\\\\s\\IPC$]");
  EXPECT_EQ(buffer("smb.share", 0), "none");
  EXPECT_EQ(buffer("smb.share", 1), "[\\\\s\\C$]");
  EXPECT_EQ(ask_keyword(kSmbKeywords, "smb.version", "2", talk.tx(0)), "yes");
  EXPECT_EQ(ask_keyword(kSmbKeywords, "smb.version", " 1 ", talk.tx(0)), "no");
  for (const char* wrong : {"3", ">1", "!1", "\"1\""}) {
    EXPECT_EQ(ask_keyword(kSmbKeywords, "smb.version", wrong, talk.tx(0)), "refused") << wrong;
  }
}

}  // namespace
}  // namespace culvert::smb
