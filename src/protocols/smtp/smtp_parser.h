// SMTP (RFC 5321) with pipelining (RFC 2920), CHUNKING (RFC 3030), STARTTLS (RFC 3207): the
// client's commands and messages, the server's replies, to one transaction a mail.
//
// A reply belongs to the oldest command without one; the queue of those says for each command what
// its reply decides: whether DATA is let through, whether a mail is over. A transaction begins with
// the first command that has none to belong to, and is over with the reply to its message, or to
// RSET, QUIT, or an accepted EHLO (section 4.1.4).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "app/app_parser.h"
#include "app/transaction_pool.h"
#include "files/file.h"
#include "protocols/mime/mime_parser.h"
#include "protocols/smtp/smtp_commands.h"
#include "protocols/smtp/smtp_types.h"
#include "protocols/text/line_reader.h"

namespace culvert::smtp {

enum FrameType : std::uint8_t { kCommandLineFrame, kDataFrame, kResponseLineFrame };
inline constexpr std::string_view kFrameNames[] = {"command_line", "data", "response_line"};

/// The parser of one flow. `options` outlive it.
class SmtpParser final : public AppParser, private mime::MimeSink {
 public:
  explicit SmtpParser(const SmtpOptions& options);

  ParseStatus feed(const AppInput& input) override;
  ParseStatus gap(const AppInput& input, std::size_t missing) override;
  void finish(Direction direction) override;
  void cut(Direction direction) override;
  void free_transaction(Transaction* transaction) override;
  bool recycle() override;

 private:
  /// A command that waits for its reply.
  struct Pending {
    enum class Kind : std::uint8_t {
      kOther,
      kHelo,        ///< within a mail: it begins anew
      kData,        ///< 354 lets the message through
      kMessageEnd,  ///< the message is over, and with its reply the mail
      kReset,
      kStartTls,
      kQuit,
    };
    Kind kind = Kind::kOther;
    SmtpTransaction* transaction = nullptr;  ///< null: belongs to none, or it has been freed
  };
  enum class Mode : std::uint8_t {
    kCommands,
    kMessage,  ///< lines up to a single dot
    kChunk,    ///< `chunk_left_` bytes
  };

  ParseStatus feed_client(const AppInput& input);
  ParseStatus feed_server(const AppInput& input);
  bool on_command(const Line& line);
  void on_helo(std::string_view line, SmtpTransaction& transaction);
  Pending::Kind on_chunk_command(std::string_view line, SmtpTransaction& transaction);
  void complain_of_pipelining();
  void begin_message(SmtpTransaction& transaction);
  void on_message_line(const Line& line);
  void feed_message(const Line& line);
  void feed_chunk(Bytes& rest);
  void end_chunk();
  void end_message();
  void close_message(bool whole);
  bool on_reply(std::string_view line);
  void on_final_reply(unsigned code);
  void on_answer(const Pending& command, unsigned code);

  /// What frames of now belong to.
  std::uint64_t frame_transaction() const;
  bool push(Pending::Kind kind, SmtpTransaction* transaction);
  /// The mail that commands belong to; made when there is none. Null: there are too many.
  SmtpTransaction* current();
  /// The one that the server's words are about, or else the current one; null: there is none.
  SmtpTransaction* any_transaction() const;
  void complete(SmtpTransaction& transaction);
  ParseStatus give_up();

  // mime::MimeSink
  void on_mime_event(mime::MimeEvent event) override;
  void begin_file(std::string_view name) override;
  void append_file(Bytes bytes) override;
  void end_file(bool whole) override;

  const SmtpOptions& options_;
  std::array<LineReader, 2> lines_;
  LineReader message_lines_;
  mime::MimeParser mime_;

  SmtpTransaction* current_ = nullptr;     ///< the last one made, unless it is over
  SmtpTransaction* message_of_ = nullptr;  ///< whose message is being read
  File* file_ = nullptr;                   ///< the attachment being read; of `message_of_`
  std::deque<Pending> pending_;
  TransactionPool<SmtpTransaction, 4> pool_;
  std::string helo_;
  Timestamp time_{};
  FrameList* frames_ = nullptr;  ///< during feed()
  std::uint64_t line_end_ = 0;   ///< stream offset behind the line at hand
  std::array<std::uint64_t, 2> line_begin_{};
  std::uint32_t data_frame_ = 0;
  std::uint32_t chunk_left_ = 0;
  Mode mode_ = Mode::kCommands;
  bool has_helo_ = false;
  bool chunk_is_last_ = false;
  bool greeted_ = false;     ///< the server's welcome has been seen, or a reply in its place
  bool data_waits_ = false;  ///< DATA has no reply yet
  bool tls_waits_ = false;   ///< STARTTLS has no reply yet
  bool complained_of_pipelining_ = false;
  bool has_raw_file_ = false;
  bool failed_ = false;
  std::array<bool, 2> ended_{};  ///< no more bytes of that direction
};

}  // namespace culvert::smtp
