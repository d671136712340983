/// The configuration of one sidecar: fedtrail.toml, overridden by FEDTRAIL_… of the environment.

#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/core/result.hpp"
#include "fedtrail/core/uri.hpp"

namespace fedtrail::app {

/// Where a socket listens. The address is an IP literal without brackets.
struct Endpoint {
    std::string address;
    std::uint16_t port{};

    [[nodiscard]] std::string text() const;  ///< "127.0.0.1:7117", "[::1]:7117".
    friend bool operator==(const Endpoint&, const Endpoint&) = default;
};

/// Reads what text() writes.
[[nodiscard]] std::optional<Endpoint> endpoint_from(std::string_view text);

/// The operator of the origin (GDPR Art. 4(7)), as reports name them.
struct ControllerConfig {
    std::string name;
    std::string contact;
    std::string address;
    std::string representative;
    std::vector<std::string> joint;
    std::string dpo;
    std::string authority;
    std::string country;  ///< ISO 3166-1 alpha-2, upper case.
    std::string region;
    std::vector<std::string> languages;
};

struct OriginConfig {
    Host host;
    std::string software;
    std::vector<Host> aliases;
    std::string database;  ///< URL of the server's own database, with its password; empty is none.
};

struct LedgerConfig {
    std::chrono::seconds retry_horizon{};
    std::chrono::seconds fold_interval{};
    std::uint64_t ballast{};  ///< Bytes; 0 is none.
};

struct ProxyConfig {
    Endpoint listen;
    std::optional<Endpoint> transparent_listen;
    std::vector<std::string> bypass;
    std::filesystem::path extra_ca;
    std::string extra_ca_place;  ///< Where it is said, for what is wrong with it: "fedtrail.toml:4:12: ".
    std::vector<std::string> allow_addresses;  ///< CIDR.
    bool pass_on_ledger_failure{};
    bool refuse_untrusting{};  ///< No tunnel for a client that refuses the authority.
    std::string token;
    std::uint64_t max_connections{};
    bool max_connections_asked{};      ///< The number is the operator's, not the default.
    std::vector<std::string> resolve;  ///< "host:port=address:port".
};

struct ApiConfig {
    Endpoint listen;
    std::string public_url;
    std::uint64_t max_body{};  ///< Bytes.
    std::uint64_t threads{};
    std::chrono::seconds timeout{};
};

/// Who fetches: the access log of the web server before the origin.
struct IngressConfig {
    std::filesystem::path access_log;  ///< Empty is none.
    std::string format;                ///< "json", "combined", "caddy".
    std::filesystem::path syslog;      ///< A datagram socket; empty is none.

    [[nodiscard]] bool on() const { return !access_log.empty() || !syslog.empty(); }
};

/// Deletions: sending, looking, letters.
struct ErasureConfig {
    std::uint64_t max_rate{};  ///< Messages a second; 0 is no limit.
    std::uint64_t max_in_flight{};
    std::uint64_t max_own_requests{};  ///< Of one person.
    std::string contact_url;
    std::filesystem::path keys_folder;  ///< Empty is none.
    std::filesystem::path letters;
    std::chrono::seconds timeout{};
    std::chrono::seconds retry_first{};
    std::chrono::seconds retry_most{};
    std::chrono::seconds give_up_after{};
    std::chrono::seconds resend_window{};
    std::chrono::seconds origin_quiet{};
    std::vector<std::chrono::seconds> origin_intervals;
    std::chrono::seconds origin_pause{};
    std::vector<std::chrono::seconds> look_intervals;
    std::chrono::seconds software_age{};
    bool probe_inboxes{};
};

/// How recipients are asked who they are.
struct RecipientsConfig {
    bool refresh{};
    bool policies{};
    std::uint64_t max_rate{};  ///< Requests a second; 0 is no limit.
    std::chrono::seconds every{};
};

struct SmtpConfig {
    std::string url;  ///< With its password; empty is none.
    std::string from;
};

/// A text by language; what stands under "" is in the first of controller.languages.
using ConfigWords = std::map<std::string, std::string, std::less<>>;

/// What the privacy notice needs besides the activities.
struct NoticeConfig {
    std::string required;    ///< "contract", "law", "no"; "" was not said.
    ConfigWords automated;   ///< Under "": "none", or the logic and the effects.
    std::string dpo;         ///< "none"; "" means that controller.dpo names them.
    std::string processors;  ///< "none"; "" means that they are listed.
    ConfigWords essence;     ///< Of the arrangement between joint controllers.
    std::uint64_t largest{};
};

struct RecordConfig {
    std::vector<std::string> measures;
    ConfigWords own_measures;
    std::string created;  ///< "2026-11-22" or "".
    std::string updated;
};

/// One processing activity (Art. 30(1)).
struct ProcessingConfig {
    std::string activity;
    bool done{true};
    ConfigWords name;
    ConfigWords purpose;
    ConfigWords sub_purposes;
    ConfigWords persons;
    ConfigWords data;
    ConfigWords recipients;
    std::string source;  ///< "person", "others", "both"; "" was not said.
    std::vector<std::string> legal_basis;
    ConfigWords law;
    ConfigWords legitimate_interest;
    std::string balancing;
    std::string special_basis;
    std::string special_condition;
    ConfigWords retention;
    ConfigWords data_retention;
    std::string retention_policy;
    std::string retention_followed;  ///< "no", "yes"; "" was not said.
    ConfigWords retention_reason;
    std::string assessment_required;  ///< "no", "yes"; "" was not said.
    std::string assessment_progress;  ///< "planned", "under_way", "done"; "" was not said.
    std::string assessment;
    std::string consents;
    std::string location;
    std::string breach_occurred;  ///< "no", "yes"; "" was not said.
    std::string breaches;
};

/// Who processes for the controller (Art. 28).
struct ProcessorConfig {
    std::string name;
    std::string service;
    std::string country;
    std::string safeguard;
    std::string contract;
    std::string safeguard_document;
    std::string dpf_checked_at;  ///< A day; "" was not said.
    std::string dpf_entity;
    std::string dpf_entry;
    std::string dpf_data_kind;
};

/// The transparency log, and being a witness of others'.
struct LogConfig {
    std::string name;             ///< Of a log that is yet to be made; empty is the first origin's host.
    std::filesystem::path guard;  ///< The file that no backup restores.
    std::chrono::seconds interval{};
    std::optional<Endpoint> listen;      ///< Beside api.listen.
    std::vector<std::string> witnesses;  ///< "URL VKEY"
    std::vector<std::string> witnessed;  ///< Verifier keys of logs that we cosign.
};

struct Config {
    std::filesystem::path file;  ///< Where it was read from; empty if from nowhere.
    std::filesystem::path data_dir;
    ControllerConfig controller;
    std::vector<OriginConfig> origins;
    std::filesystem::path store;  ///< The SQLite file.
    std::filesystem::path master_key_file;
    LedgerConfig ledger;
    std::filesystem::path transfer_rules;  ///< Empty: the usual places.
    ProxyConfig proxy;
    ApiConfig api;
    IngressConfig ingress;
    ErasureConfig erasure;
    RecipientsConfig recipients;
    SmtpConfig smtp;
    NoticeConfig notice;
    RecordConfig record;
    std::vector<ProcessingConfig> processings;
    std::vector<ProcessorConfig> processors;
    LogConfig log;
    std::string log_level;
};

using Environment = std::map<std::string, std::string, std::less<>>;

/// Whether the file is there. Errors: Denied, Unavailable (nobody can tell: whoever took it for absent would
/// `init` a second time).
[[nodiscard]] Result<bool> config_is_there(const std::filesystem::path& file);
/// ./fedtrail.toml, else /etc/fedtrail/fedtrail.toml; nothing if neither is there. Errors: of
/// config_is_there().
[[nodiscard]] Result<std::optional<std::filesystem::path>> usual_config();

/// The first that exists: `named` (--config), $FEDTRAIL_CONFIG, ./fedtrail.toml, /etc/fedtrail/fedtrail.toml.
/// Errors: Unavailable, if a named file does not exist or there is none anywhere; Denied, Unavailable, if it
/// cannot be told of one.
[[nodiscard]] Result<std::filesystem::path> find_config(const std::string& named,
                                                        const Environment& environment);

/// Reads and checks the whole file. Relative paths become absolute: `data_dir`, `proxy.extra_ca` and
/// `erasure.keys_folder` from the file's folder, the rest from `data_dir`. Errors: Denied,
/// Unavailable; Invalid with file:line:column and the remedy.
[[nodiscard]] Result<Config> load_config(const std::filesystem::path& file, const Environment& environment);

/// The same from text; `place` stands for the file's name in errors, `base` for its folder.
[[nodiscard]] Result<Config> parse_config(std::string_view toml,
                                          const std::string& place,
                                          const std::filesystem::path& base,
                                          const Environment& environment);

}  // namespace fedtrail::app
