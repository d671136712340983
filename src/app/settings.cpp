#include "app/settings.hpp"

#include <array>
#include <cctype>

#include "app/settings_parts.hpp"

namespace fedtrail::app {

namespace {

/// checked() has already parsed it once.
Host host(const std::string& name) {
    return Host::parse(name).value_or(Host{});
}

Endpoint endpoint(const SettingValue& value) {
    return endpoint_from(text(value)).value_or(Endpoint{});
}

constexpr std::int64_t kMiB = std::int64_t{1024} * 1024;
constexpr std::int64_t kGiB = 1024 * kMiB;

constexpr std::array<std::string_view, 2> kOnFailure{"hold", "pass"};
constexpr std::array<std::string_view, 2> kUntrusting{"tunnel", "refuse"};
constexpr std::array<std::string_view, 5> kLevels{"debug", "info", "warn", "error", "off"};

const std::array house_settings{
    Setting{
        "data_dir",
        Shape::Folder,
        R"("/var/lib/fedtrail")",
        "Folder of the ledger, the vault, the keys and the certificate authority. One running sidecar each.",
        [](Config& c, const SettingValue& v) { c.data_dir = text(v); }},
    Setting{"controller.name",
            Shape::Text,
            R"("")",
            "Who answers for the origin (GDPR Art. 4(7)), as reports name them.",
            [](Config& c, const SettingValue& v) { c.controller.name = text(v); }},
    Setting{"controller.contact",
            Shape::Text,
            R"("")",
            "How a person reaches them.",
            [](Config& c, const SettingValue& v) { c.controller.contact = text(v); }},
    Setting{"controller.address",
            Shape::Text,
            R"("")",
            "Their postal address.",
            [](Config& c, const SettingValue& v) { c.controller.address = text(v); }},
    Setting{"controller.representative",
            Shape::Text,
            R"("")",
            "The representative in the Union and how to reach them (Art. 27); needed if the controller is "
            "established outside the EEA.",
            [](Config& c, const SettingValue& v) { c.controller.representative = text(v); }},
    Setting{"controller.joint",
            Shape::Texts,
            "[]",
            "Joint controllers (Art. 26), each with its contact.",
            [](Config& c, const SettingValue& v) { c.controller.joint = texts(v); }},
    Setting{"controller.dpo",
            Shape::Text,
            R"("")",
            "The data protection officer's contact, if there is one (Art. 37).",
            [](Config& c, const SettingValue& v) { c.controller.dpo = text(v); }},
    Setting{"controller.authority",
            Shape::Text,
            R"("")",
            "The supervisory authority a person may complain to (Art. 77).",
            [](Config& c, const SettingValue& v) { c.controller.authority = text(v); }},
    Setting{"controller.country",
            Shape::Country,
            R"("")",
            "Where the controller is established, ISO 3166-1 alpha-2.",
            [](Config& c, const SettingValue& v) { c.controller.country = text(v); }},
    Setting{"controller.region",
            Shape::Text,
            R"("")",
            "The region, where public holidays are regional: its ISO 3166-2 code without the country, as "
            "\"BY\".",
            [](Config& c, const SettingValue& v) { c.controller.region = text(v); }},
    Setting{"controller.languages",
            Shape::Texts,
            R"(["en"])",
            "Languages of the people served, the main one first.",
            [](Config& c, const SettingValue& v) { c.controller.languages = texts(v); }},
    Setting{"origin.host",
            Shape::Name,
            "",
            "The host in the handles of the people whose data is watched: \"origin.example\" of "
            "alice@origin.example. If their actor URIs have another, that one is an alias; `fedtrail doctor` "
            "asks WebFinger which is which.",
            [](Config& c, const SettingValue& v) { c.origins.back().host = host(text(v)); }},
    Setting{"origin.software",
            Shape::Text,
            R"("")",
            "The server software; `fedtrail ca guide` knows the names.",
            [](Config& c, const SettingValue& v) { c.origins.back().software = text(v); }},
    Setting{"origin.aliases",
            Shape::Names,
            "[]",
            "Other hosts of the same server, as that of the actor URIs where it is not the handles' own "
            "(Mastodon: host is LOCAL_DOMAIN, WEB_DOMAIN an alias).",
            [](Config& c, const SettingValue& v) {
                c.origins.back().aliases.clear();
                for (const auto& name : texts(v)) {
                    c.origins.back().aliases.push_back(host(name));
                }
            }},
    Setting{"origin.database",
            Shape::Database,
            R"("")",
            "The server's own database, where the keys of its people are read from (read only), as "
            "\"postgresql://user:password@host/name\"; see keys.md. Empty is none.",
            [](Config& c, const SettingValue& v) { c.origins.back().database = text(v); }},
    Setting{"store.url",
            Shape::Store,
            R"("sqlite:ledger.db")",
            "The ledger's database. SQLite is the one store of this release.",
            [](Config& c, const SettingValue& v) { c.store = text(v); }},
    Setting{
        "vault.master_key_file",
        Shape::File,
        R"("master.key")",
        "The key that wraps every person's key, hexadecimal, mode 0600. Keep a copy away from the backups.",
        [](Config& c, const SettingValue& v) { c.master_key_file = text(v); }},
    Setting{
        "ledger.retry_horizon",
        Shape::Duration,
        R"("3d")",
        "How long the origin may still retry a delivery; older activities are packed. Mastodon gives up "
        "after about 3 days.",
        [](Config& c, const SettingValue& v) { c.ledger.retry_horizon = std::chrono::seconds{number(v)}; },
        kMinute,
        365 * kDay},
    Setting{
        "ledger.fold_interval",
        Shape::Duration,
        R"("1m")",
        "How often what is older is packed.",
        [](Config& c, const SettingValue& v) { c.ledger.fold_interval = std::chrono::seconds{number(v)}; },
        1,
        kDay},
    Setting{"ledger.ballast",
            Shape::Size,
            R"("64MiB")",
            "A file that is given up when the disk is full, so that the ledger can recover. 0 keeps none.",
            [](Config& c, const SettingValue& v) { c.ledger.ballast = count(v); },
            0,
            16 * kGiB},
    Setting{"policies.transfer_rules",
            Shape::File,
            R"("")",
            "The file of your own transfer rules; see transfers.md. Empty is transfer-rules.json in the data "
            "folder, if it is there, else the shipped one, which allows everything.",
            [](Config& c, const SettingValue& v) { c.transfer_rules = text(v); }},
    Setting{"proxy.listen",
            Shape::Listen,
            R"("127.0.0.1:7117")",
            "Where the origin's outgoing requests arrive. Beyond loopback it needs proxy.token.",
            [](Config& c, const SettingValue& v) { c.proxy.listen = endpoint(v); }},
    Setting{"proxy.transparent_listen",
            Shape::MaybeListen,
            R"("")",
            "Where redirected connections arrive, for software that ignores proxy settings. Empty is off.",
            [](Config& c, const SettingValue& v) {
                c.proxy.transparent_listen.reset();
                if (!text(v).empty()) {
                    c.proxy.transparent_listen = endpoint(v);
                }
            }},
    Setting{"proxy.bypass",
            Shape::Patterns,
            "[]",
            "Hosts whose tunnels are never opened: recorded as host, time and octets. \"*.example\" covers "
            "everything below example, \"*\" all.",
            [](Config& c, const SettingValue& v) { c.proxy.bypass = texts(v); }},
    Setting{"proxy.extra_ca",
            Shape::File,
            R"("")",
            "A PEM bundle trusted for recipients beside the system's, by the proxy and by Fedtrail's own "
            "requests.",
            [](Config& c, const SettingValue& v) { c.proxy.extra_ca = text(v); }},
    Setting{
        "proxy.allow_addresses",
        Shape::Networks,
        "[]",
        "Private networks the proxy and Fedtrail's own requests may connect to all the same. Everything not "
        "public is refused otherwise.",
        [](Config& c, const SettingValue& v) { c.proxy.allow_addresses = texts(v); }},
    Setting{
        "proxy.on_ledger_failure",
        Shape::Choice,
        R"("hold")",
        "When the ledger cannot be written: \"hold\" answers 503 so that the origin retries; \"pass\" lets "
        "deliveries go and records the gap.",
        [](Config& c, const SettingValue& v) { c.proxy.pass_on_ledger_failure = text(v) == "pass"; },
        0,
        0,
        kOnFailure},
    Setting{"proxy.untrusting",
            Shape::Choice,
            R"("tunnel")",
            "What becomes of a client that refuses Fedtrail's authority: \"tunnel\" passes its next "
            "connections to "
            "that host unread for ten minutes; \"refuse\" lets them fail, so that nothing leaves unread.",
            [](Config& c, const SettingValue& v) { c.proxy.refuse_untrusting = text(v) == "refuse"; },
            0,
            0,
            kUntrusting},
    Setting{"proxy.token",
            Shape::Secret,
            R"("")",
            "The password the origin must send (Basic, any user name). Empty asks for none.",
            [](Config& c, const SettingValue& v) { c.proxy.token = text(v); }},
    Setting{"proxy.max_connections",
            Shape::Count,
            "16384",
            "Connections held at once; more get 503.",
            [](Config& c, const SettingValue& v) { c.proxy.max_connections = count(v); },
            1,
            1'000'000},
    Setting{"proxy.resolve",
            Shape::Resolved,
            "[]",
            "Fixed addresses in place of DNS, \"host=address:port\"; the host's port is 443 unless written: "
            "\"host:80=address:port\". For the proxy and for Fedtrail's own requests.",
            [](Config& c, const SettingValue& v) { c.proxy.resolve = texts(v); }},
    Setting{"api.listen",
            Shape::Listen,
            R"("127.0.0.1:7118")",
            "Where the API listens, in clear: beyond loopback only if public_url is https.",
            [](Config& c, const SettingValue& v) { c.api.listen = endpoint(v); }},
    Setting{"api.public_url",
            Shape::WebAddress,
            R"("")",
            "The API's address as people outside see it, if a web server stands before it.",
            [](Config& c, const SettingValue& v) { c.api.public_url = text(v); }},
    Setting{"api.max_body",
            Shape::Size,
            R"("16MiB")",
            "The largest request body; larger ones get 413.",
            [](Config& c, const SettingValue& v) { c.api.max_body = count(v); },
            1024,
            kGiB},
    Setting{"api.threads",
            Shape::Count,
            "8",
            "Requests answered at once.",
            [](Config& c, const SettingValue& v) { c.api.threads = count(v); },
            1,
            256},
    Setting{"api.timeout",
            Shape::Duration,
            R"("30s")",
            "How long one request may take to arrive.",
            [](Config& c, const SettingValue& v) { c.api.timeout = std::chrono::seconds{number(v)}; },
            1,
            kHour},
};

const Setting log_level{"log.level",
                        Shape::Choice,
                        R"("info")",
                        "What is logged to stderr. Never personal data at any level.",
                        [](Config& c, const SettingValue& v) { c.log_level = text(v); },
                        0,
                        0,
                        kLevels};

}  // namespace

std::string_view Setting::group() const {
    const auto dot = name.find('.');
    return dot == std::string_view::npos ? std::string_view{} : name.substr(0, dot);
}

std::string_view Setting::key() const {
    const auto dot = name.find('.');
    return dot == std::string_view::npos ? name : name.substr(dot + 1);
}

std::string Setting::variable() const {
    std::string variable = "FEDTRAIL_";
    for (const char c : name) {
        variable += c == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    }
    return variable;
}

bool Setting::is_list() const {
    return shape == Shape::Names || shape == Shape::Patterns || shape == Shape::Networks ||
           shape == Shape::Resolved || shape == Shape::Texts || shape == Shape::Durations ||
           shape == Shape::Bases || shape == Shape::Measures || shape == Shape::LogKeys ||
           shape == Shape::Witnesses;
}

bool is_repeated(std::string_view group) {
    return group == "origin" || group == "processing" || group == "processor";
}

bool in_environment(std::string_view group) {
    return group != "processing" && group != "processor";
}

std::span<const Setting> settings() {
    static const auto all = [] {
        std::vector<Setting> joined{house_settings.begin(), house_settings.end()};
        const auto ingress = ingress_settings();
        joined.insert(joined.end(), ingress.begin(), ingress.end());
        const auto erasure = erasure_settings();
        joined.insert(joined.end(), erasure.begin(), erasure.end());
        const auto papers = paper_settings();
        joined.insert(joined.end(), papers.begin(), papers.end());
        const auto log = log_settings();
        joined.insert(joined.end(), log.begin(), log.end());
        joined.push_back(log_level);
        const auto witness = witness_settings();
        joined.insert(joined.end(), witness.begin(), witness.end());
        return joined;
    }();
    return all;
}

}  // namespace fedtrail::app
