#include "protocols/tls/tls_eve.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "app/app_session.h"
#include "event/json_writer.h"
#include "protocols/tls/certificate.h"
#include "protocols/tls/fingerprint.h"

namespace culvert::tls {
namespace {

constexpr std::uint32_t bit(EveField field) { return static_cast<std::uint32_t>(field); }

constexpr std::uint32_t kBasicFields =
    bit(EveField::kSubject) | bit(EveField::kIssuer) | bit(EveField::kSubjectAltName);
constexpr std::uint32_t kExtendedFields =
    kBasicFields | bit(EveField::kSerial) | bit(EveField::kFingerprint) | bit(EveField::kSni) |
    bit(EveField::kVersion) | bit(EveField::kNotBefore) | bit(EveField::kNotAfter) |
    bit(EveField::kJa3) | bit(EveField::kJa3s) | bit(EveField::kJa4) | bit(EveField::kClient) |
    bit(EveField::kClientAlpns) | bit(EveField::kServerAlpns);

constexpr std::pair<std::string_view, EveField> kFieldNames[] = {
    {"subject", EveField::kSubject},
    {"issuer", EveField::kIssuer},
    {"session_resumed", EveField::kSessionResumed},
    {"serial", EveField::kSerial},
    {"fingerprint", EveField::kFingerprint},
    {"sni", EveField::kSni},
    {"version", EveField::kVersion},
    {"not_before", EveField::kNotBefore},
    {"not_after", EveField::kNotAfter},
    {"certificate", EveField::kCertificate},
    {"chain", EveField::kChain},
    {"ja3", EveField::kJa3},
    {"ja3s", EveField::kJa3s},
    {"ja4", EveField::kJa4},
    {"subjectaltname", EveField::kSubjectAltName},
    {"client", EveField::kClient},
    {"client_certificate", EveField::kClientCertificate},
    {"client_chain", EveField::kClientChain},
    {"client_alpns", EveField::kClientAlpns},
    {"server_alpns", EveField::kServerAlpns},
    {"client_handshake", EveField::kClientHandshake},
    {"server_handshake", EveField::kServerHandshake},
};

/// Whether the server took up an earlier session: by its id, or, as far as can be seen, by a
/// ticket. One that sends its certificate has not, whatever it echoed.
bool resumed(const TlsTransaction& tx) {
  const bool by_ticket = tx.client_offers_ticket && tx.server.hello && !is_tls13(tx.version());
  return !tx.server.certificate.parsed && (tx.session_resumed || by_ticket);
}

/// Writes the parts of one record that are asked for and known.
class Record {
 public:
  Record(const TlsTransaction& tx, std::uint32_t fields, JsonWriter& json)
      : tx_(tx), fields_(fields), json_(json) {}

  void write(bool with_resumption) {
    write_names(tx_.server.certificate);
    write_list(EveField::kSubjectAltName, "subjectaltname",
               tx_.server.certificate.alternative_names);
    if (with_resumption && resumed(tx_)) json_.field("session_resumed", true);
    write_identity(tx_.server.certificate);
    if (wants(EveField::kSni) && !tx_.sni.empty()) json_.field("sni", tx_.sni);
    if (wants(EveField::kVersion)) write_version();
    write_validity(tx_.server.certificate);
    write_chain(tx_.server, wants(EveField::kCertificate), wants(EveField::kChain));
    write_fingerprints();
    write_list(EveField::kClientAlpns, "client_alpns", tx_.client.alpns);
    write_list(EveField::kServerAlpns, "server_alpns", tx_.server.alpns);
    write_handshakes();
    write_client();
  }

 private:
  bool wants(EveField field) const { return (fields_ & bit(field)) != 0; }

  void write_names(const Certificate& certificate) {
    if (!certificate.parsed) return;
    if (wants(EveField::kSubject)) json_.field("subject", certificate.subject);
    if (wants(EveField::kIssuer)) json_.field("issuerdn", certificate.issuer);
  }
  void write_identity(const Certificate& certificate) {
    if (!certificate.parsed) return;
    if (wants(EveField::kSerial)) json_.field("serial", certificate.serial);
    if (wants(EveField::kFingerprint)) json_.field("fingerprint", certificate.fingerprint);
  }
  void write_validity(const Certificate& certificate) {
    if (!certificate.parsed) return;
    if (wants(EveField::kNotBefore)) {
      json_.field("notbefore", format_validity(certificate.not_before));
    }
    if (wants(EveField::kNotAfter)) json_.field("notafter", format_validity(certificate.not_after));
  }
  void write_chain(const Peer& peer, bool first, bool all) {
    if (peer.chain.empty()) return;
    if (first) json_.field_base64("certificate", peer.chain.front());
    if (!all) return;
    json_.begin_array("chain");
    for (const Bytes der : peer.chain) json_.item_base64(der);
    json_.end_array();
  }
  void write_version() {
    const Version version = tx_.version();
    const std::string_view name = name_of_version(version);
    if (!name.empty()) {
      json_.field("version", name);
    } else if (version != 0) {
      json_.field("version", std::to_string(version));
    } else {
      json_.field("version", "UNDETERMINED");
    }
  }
  void write_list(EveField field, std::string_view key,
                  const std::vector<std::string_view>& texts) {
    if (!wants(field) || texts.empty()) return;
    json_.begin_array(key);
    for (const std::string_view text : texts) json_.item(text);
    json_.end_array();
  }
  void write_numbers(std::string_view key, std::span<const std::uint16_t> numbers) {
    if (numbers.empty()) return;
    json_.begin_array(key);
    for (const std::uint16_t number : numbers) json_.item(number);
    json_.end_array();
  }

  /// JA3 when it is configured or a rule has asked for one; JA4 unless it is switched off.
  void write_fingerprints() {
    const Fingerprints& made = tx_.fingerprints;
    const bool ja3_due = tx_.options.ja3 == FingerprintMode::kYes || made.has_ja3 || made.has_ja3s;
    if (wants(EveField::kJa3) && ja3_due && make_ja3(tx_)) {
      json_.begin_object("ja3");
      json_.field("hash", std::string_view(made.ja3_hash.data(), made.ja3_hash.size()));
      json_.field("string", made.ja3_string);
      json_.end_object();
    }
    if (wants(EveField::kJa3s) && ja3_due && make_ja3s(tx_)) {
      json_.begin_object("ja3s");
      json_.field("hash", std::string_view(made.ja3s_hash.data(), made.ja3s_hash.size()));
      json_.field("string", made.ja3s_string);
      json_.end_object();
    }
    if (wants(EveField::kJa4) && make_ja4(tx_)) {
      json_.field("ja4", std::string_view(made.ja4.data(), made.ja4.size()));
    }
  }

  void write_handshakes() {
    if (wants(EveField::kClientHandshake) && !tx_.client.random.empty()) {
      json_.begin_object("client_handshake");
      write_version_of(tx_.client.version);
      write_numbers("ciphers", tx_.client.ciphers);
      write_numbers("exts", tx_.client.extensions);
      write_numbers("sig_algs", tx_.client.signature_algorithms);
      json_.end_object();
    }
    if (wants(EveField::kServerHandshake) && !tx_.server.random.empty()) {
      json_.begin_object("server_handshake");
      write_version_of(tx_.server.legacy_version);
      if (!tx_.server.ciphers.empty()) json_.field("cipher", tx_.server.ciphers.front());
      write_numbers("exts", tx_.server.extensions);
      json_.end_object();
    }
  }
  void write_version_of(Version version) {
    const std::string_view name = name_of_version(version);
    if (!name.empty()) json_.field("version", name);
  }

  void write_client() {
    const bool asked = wants(EveField::kClient) || wants(EveField::kClientCertificate) ||
                       wants(EveField::kClientChain);
    const Certificate& certificate = tx_.client.certificate;
    if (!asked || !certificate.parsed) return;
    json_.begin_object("client");
    json_.field("subject", certificate.subject);
    json_.field("issuerdn", certificate.issuer);
    json_.field("fingerprint", certificate.fingerprint);
    json_.field("serial", certificate.serial);
    json_.field("notbefore", format_validity(certificate.not_before));
    json_.field("notafter", format_validity(certificate.not_after));
    write_chain(tx_.client, wants(EveField::kClientCertificate), wants(EveField::kClientChain));
    json_.end_object();
  }

  const TlsTransaction& tx_;
  const std::uint32_t fields_;
  JsonWriter& json_;
};

/// What the flow spoke before it went over to TLS (STARTTLS, CONNECT).
void write_origin(const Flow& flow, JsonWriter& json) {
  if (flow.app == nullptr || flow.app->original() == AppProto::kUnknown) return;
  json.field("from_proto", name_of(flow.app->original()));
}

}  // namespace

std::unique_ptr<EveOptionsBase> parse_eve_options(const ConfigNode* node, Complaints& complaints) {
  auto options = std::make_unique<EveOptions>();
  options->fields = kBasicFields;
  if (node == nullptr || node->is_null()) return options;
  if (node->boolean("extended", false, complaints)) options->fields = kExtendedFields;
  options->session_resumption = node->boolean("session-resumption", true, complaints);
  if (!node->has("custom")) return options;

  options->fields = 0;
  for (const std::string& name : node->texts("custom")) {
    const auto* known = std::begin(kFieldNames);
    while (known != std::end(kFieldNames) && known->first != name) ++known;
    if (known == std::end(kFieldNames)) {
      complaints.warning("eve-log tls: there is no field \"" + name + "\"",
                         node->find("custom")->place().text());
      continue;
    }
    options->fields |= bit(known->second);
  }
  return options;
}

bool write_eve(const Flow& flow, const Transaction& transaction, Direction, const EveOptionsBase* base,
               JsonWriter& json) {
  const auto& tx = static_cast<const TlsTransaction&>(transaction);
  const EveOptions defaults;
  const auto& options = base == nullptr ? defaults : static_cast<const EveOptions&>(*base);
  const bool worth = tx.server.certificate.parsed || tx.certificate_hidden ||
                     ((resumed(tx) || tx.client_offers_ticket) && options.session_resumption);
  if (!worth) return false;
  json.begin_object("tls");
  Record(tx, options.fields, json).write(true);
  write_origin(flow, json);
  json.end_object();
  return true;
}

void write_alert_metadata(const Flow& flow, const Transaction& transaction, JsonWriter& json) {
  json.begin_object("tls");
  Record(static_cast<const TlsTransaction&>(transaction), kExtendedFields, json).write(false);
  write_origin(flow, json);
  json.end_object();
}

const EveLogger kTlsLoggers[1] = {{.event_type = "tls",
                                   .parse_options = parse_eve_options,
                                   .to_server_progress = kClientHandshakeDone,
                                   .to_client_progress = kServerHandshakeDone,
                                   .write = write_eve}};

}  // namespace culvert::tls
