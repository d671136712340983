#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>

#include <arpa/inet.h>

#include "fedtrail/core/address.hpp"
#include "fedtrail/core/nearest.hpp"
#include "fedtrail/core/time.hpp"

#include "app/log_keys.hpp"
#include "app/settings.hpp"
#include "backends/poco/smtp_place.hpp"
#include "language/tag.hpp"
#include "reports/operator_facts.hpp"

namespace fedtrail::app {

namespace {

using Texts = std::vector<std::string>;

tl::unexpected<Error> wrong(std::string what, std::string remedy) {
    return fail(ErrorKind::Invalid, std::move(what), std::move(remedy));
}

std::string in_quotes(std::string_view text) {
    return "\"" + std::string{text} + "\"";
}

std::optional<std::int64_t> whole_number(std::string_view text) {
    std::int64_t number = 0;
    const auto* end = text.data() + text.size();
    const auto [stopped, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc{} || stopped != end || text.empty()) {
        return std::nullopt;
    }
    return number;
}

struct Unit {
    std::string_view name;
    std::int64_t worth;
};

constexpr std::array<std::string_view, 2> kDatabases{"postgresql://", "postgres://"};
constexpr std::array<Unit, 4> kDurations{{{"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}}};
constexpr std::array<Unit, 6> kSizes{{{"KiB", 1024},
                                      {"MiB", 1 << 20},
                                      {"GiB", 1 << 30},
                                      {"kB", 1000},
                                      {"MB", 1'000'000},
                                      {"GB", 1'000'000'000}}};

/// "7d" by its unit; nothing if no unit fits or it overflows.
std::optional<std::int64_t> with_unit(std::string_view text, std::span<const Unit> units) {
    for (const auto& unit : units) {
        if (!text.ends_with(unit.name)) {
            continue;
        }
        const auto number = whole_number(text.substr(0, text.size() - unit.name.size()));
        std::int64_t product = 0;
        if (number && !__builtin_mul_overflow(*number, unit.worth, &product)) {
            return product;
        }
    }
    return std::nullopt;
}

bool is_ip(const std::string& text, int family) {
    std::array<unsigned char, sizeof(in6_addr)> address{};
    return inet_pton(family, text.c_str(), address.data()) == 1;
}

/// "127.0.0.1:80" or "[::1]:80" in two parts; nothing if it is neither.
std::optional<Endpoint> split_endpoint(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) {
        return std::nullopt;
    }
    const auto port = whole_number(text.substr(colon + 1));
    std::string address{text.substr(0, colon)};
    const bool v6 = address.size() > 2 && address.starts_with('[') && address.ends_with(']');
    if (v6) {
        address = address.substr(1, address.size() - 2);
    }
    if (!port || *port < 0 || *port > 65535 || !is_ip(address, v6 ? AF_INET6 : AF_INET)) {
        return std::nullopt;
    }
    return Endpoint{std::move(address), static_cast<std::uint16_t>(*port)};
}

Result<SettingValue> check_number(const Setting& setting, const SettingValue& value) {
    const bool sized = setting.shape == Shape::Size;
    std::optional<std::int64_t> number;
    if (const auto* plain = std::get_if<std::int64_t>(&value); plain && setting.shape != Shape::Duration) {
        number = *plain;
    } else if (const auto* written = std::get_if<std::string>(&value)) {
        number = setting.shape == Shape::Duration ? with_unit(*written, kDurations)
                 : sized                          ? with_unit(*written, kSizes)
                                                  : std::nullopt;
        if (!number && setting.shape != Shape::Duration) {
            number = whole_number(*written);
        }
    }
    const std::string example{setting.fallback};
    if (!number) {
        return wrong(setting.shape == Shape::Duration ? "is not a duration"
                     : sized                          ? "is not a size"
                                                      : "is not a whole number",
                     "Write it as " + example + ".");
    }
    if (*number < setting.least || *number > setting.most) {
        const std::string unit = setting.shape == Shape::Duration ? " seconds" : sized ? " octets" : "";
        return wrong("is out of range",
                     "Give between " + std::to_string(setting.least) + " and " +
                         std::to_string(setting.most) + unit + "; the default is " + example + ".");
    }
    return SettingValue{*number};
}

Result<std::string> check_host(const std::string& text) {
    const auto host = Host::parse(text);
    if (!host || host->empty()) {
        return wrong(in_quotes(text) + " is not a host name", "Write it as \"origin.example\".");
    }
    return host->text();
}

Result<std::string> check_pattern(const std::string& text) {
    if (text == "*") {
        return text;
    }
    const bool below = text.starts_with("*.");
    auto host = check_host(below ? text.substr(2) : text);
    if (!host) {
        return fail(host);
    }
    return (below ? "*." : "") + *host;
}

/// "a.test=127.0.0.1:8443" to "a.test:443=127.0.0.1:8443": the port asked for is 443 unless given, the port
/// gone to the same unless given.
Result<std::string> check_resolved(const std::string& text) {
    const auto equals = text.find('=');
    const auto colon = text.rfind(':', equals);
    const bool named_port = colon != std::string::npos && colon < equals;
    const auto host = check_host(text.substr(0, named_port ? colon : equals));
    const auto port = named_port ? text.substr(colon + 1, equals - colon - 1) : "443";
    auto address = equals == std::string::npos ? std::string{} : text.substr(equals + 1);
    if (is_ip(address, AF_INET)) {
        address += ":" + port;
    } else if (is_ip(address, AF_INET6)) {
        address = "[" + address + "]:" + port;
    }
    const auto number = whole_number(port);
    if (!host || !number || *number < 1 || *number > 65535 || !split_endpoint(address)) {
        return wrong(in_quotes(text) + " is not host=address", "Write it as \"a.test=127.0.0.1:8443\".");
    }
    return *host + ":" + port + "=" + address;
}

Result<std::string> check_network(const std::string& text) {
    if (const auto network = AddressNetwork::parse(text); !network) {
        return fail(network);
    }
    return text;
}

/// Art. 6(1) knows the points (a) to (f).
Result<std::string> check_basis(const std::string& text) {
    if (text.size() != 7 || !text.starts_with("6(1)(") || text[5] < 'a' || text[5] > 'f' || text[6] != ')') {
        return wrong(in_quotes(text) + " is no point of Art. 6(1)", "Write it as \"6(1)(b)\".");
    }
    return text;
}

/// It stays as it was written.
template <typename Read>
Result<std::string> check_read(const std::string& text, const Read& read) {
    const auto value = read(text);
    return value ? Result<std::string>{text} : fail(value);
}

Result<std::string> check_measure(const std::string& text) {
    if (std::find(reports::kMeasures.begin(), reports::kMeasures.end(), text) == reports::kMeasures.end()) {
        return wrong(in_quotes(text) + " is no measure that is known", "Say it in ropa.own_measures.");
    }
    return text;
}

Result<std::string> check_item(Shape shape, const std::string& text) {
    if (shape == Shape::Measures) {
        return check_measure(text);
    }
    if (shape == Shape::Bases) {
        return check_basis(text);
    }
    if (shape == Shape::Names) {
        return check_host(text);
    }
    if (shape == Shape::Patterns) {
        return check_pattern(text);
    }
    if (shape == Shape::Networks) {
        return check_network(text);
    }
    if (shape == Shape::Resolved) {
        return check_resolved(text);
    }
    if (shape == Shape::LogKeys) {
        return check_read(text, witnessed_log);
    }
    if (shape == Shape::Witnesses) {
        return check_read(text, asked_witness);
    }
    return text;
}

/// Decimal seconds of each.
Result<SettingValue> check_durations(const Setting& setting, const Texts& list) {
    Texts seconds;
    if (list.empty()) {
        return wrong("is empty", "Write it as " + std::string{setting.fallback} + ".");
    }
    for (const auto& item : list) {
        const auto number = with_unit(item, kDurations);
        if (!number || *number < setting.least || *number > setting.most) {
            return wrong("has an entry that is no duration between " + std::to_string(setting.least) +
                             " and " + std::to_string(setting.most) + " seconds",
                         "Write it as " + std::string{setting.fallback} + ".");
        }
        seconds.push_back(std::to_string(*number));
    }
    return SettingValue{std::move(seconds)};
}

Result<SettingValue> check_list(const Setting& setting, const SettingValue& value) {
    const auto* list = std::get_if<Texts>(&value);
    if (list == nullptr) {
        return wrong("is not a list of texts", "Write it as [\"…\", \"…\"].");
    }
    if (setting.shape == Shape::Durations) {
        return check_durations(setting, *list);
    }
    Texts canonical;
    for (const auto& item : *list) {
        auto checked_item = check_item(setting.shape, item);
        if (!checked_item) {
            return wrong("has an entry that is wrong: " + checked_item.error().what,
                         checked_item.error().remedy);
        }
        canonical.push_back(std::move(*checked_item));
    }
    return SettingValue{std::move(canonical)};
}

Result<SettingValue> check_choice(const Setting& setting, const std::string& text) {
    if (std::find(setting.choices.begin(), setting.choices.end(), text) != setting.choices.end()) {
        return SettingValue{text};
    }
    std::vector<std::string> known(setting.choices.begin(), setting.choices.end());
    std::erase(known, "");
    // Of one word alone nobody sees what belongs there else.
    const auto more = known.size() == 1 ? " Meant is: " + std::string{setting.meaning} : std::string{};
    return wrong("is " + in_quotes(text), did_you_mean(text, known) + more);
}

Result<SettingValue> check_store(const std::string& text) {
    constexpr std::string_view kScheme = "sqlite:";
    if (text.starts_with(kScheme) && text.size() > kScheme.size()) {
        return SettingValue{text.substr(kScheme.size())};
    }
    if (text.starts_with("postgres")) {
        return wrong("names PostgreSQL, which this release cannot use", "Write it as \"sqlite:ledger.db\".");
    }
    return wrong("is not a store", "Write it as \"sqlite:ledger.db\".");
}

Result<SettingValue> check_country(const std::string& text) {
    const bool capitals = std::all_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
    if (!text.empty() && !(text.size() == 2 && capitals)) {
        return wrong("is not a country code", "Write it as two capital letters: \"NL\".");
    }
    return SettingValue{text};
}

/// What it says is not repeated: it may hold a password.
Result<SettingValue> check_scheme(const std::string& text,
                                  std::span<const std::string_view> schemes,
                                  const std::string& example) {
    const bool known = std::any_of(schemes.begin(), schemes.end(), [&](std::string_view scheme) {
        return text.starts_with(scheme) && text.size() > scheme.size();
    });
    if (!text.empty() && !known) {
        return wrong("is not an address of that kind", "Write it as \"" + example + "\".");
    }
    return SettingValue{text};
}

/// What it says is not repeated: it may hold a password.
Result<SettingValue> check_mail(const std::string& text) {
    const auto place = text.empty() ? Result<poco::SmtpPlace>{} : poco::smtp_place(text);
    return place ? Result<SettingValue>{text} : fail(place);
}

Result<SettingValue> check_socket(const std::string& text) {
    constexpr std::string_view kScheme = "unix:";
    if (text.empty()) {
        return SettingValue{text};
    }
    if (!text.starts_with(kScheme) || text.size() == kScheme.size()) {
        return wrong("is not a socket of this machine", "Write it as \"unix:/run/fedtrail/nginx.sock\".");
    }
    return SettingValue{text.substr(kScheme.size())};
}

Result<SettingValue> check_name(const std::string& text) {
    auto host = check_host(text);
    if (!host) {
        return wrong("is wrong: " + host.error().what, host.error().remedy);
    }
    return SettingValue{std::move(*host)};
}

/// A log's name is no address: signed as "https://x.example", it would be a log that nobody else calls so.
Result<SettingValue> check_key_name(const std::string& text) {
    if (!text.empty() && (text.find("://") != std::string::npos || !ledger::is_key_name(text))) {
        return wrong("is not an address without its scheme, without spaces and \"+\"",
                     "Write it as \"origin.example\" or \"origin.example/2\".");
    }
    return SettingValue{text};
}

Result<SettingValue> check_listen(const std::string& text) {
    const auto endpoint = split_endpoint(text);
    if (!endpoint) {
        return wrong("is " + in_quotes(text) + ", not an address and a port",
                     "Write it as \"127.0.0.1:7117\" or \"[::1]:7117\".");
    }
    return SettingValue{endpoint->text()};
}

Result<SettingValue> check_word(const std::string& text) {
    const bool fits = !text.empty() && text.size() <= 40 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
    if (!fits) {
        return wrong("is not a word of lower-case letters, digits, - and _", "Write it as \"newsletter\".");
    }
    return SettingValue{text};
}

Result<SettingValue> check_day(const std::string& text) {
    if (!text.empty() && (text.size() != 10 || !parse_rfc3339(text + "T00:00:00Z"))) {
        return wrong("is not a day", "Write it as \"2026-11-22\".");
    }
    return SettingValue{text};
}

Result<SettingValue> check_words(const SettingValue& value) {
    if (const auto* plain = std::get_if<std::string>(&value)) {
        WordsByLanguage words;
        if (!plain->empty()) {
            words[""] = *plain;
        }
        return Result<SettingValue>{tl::in_place, std::move(words)};
    }
    const auto* words = std::get_if<WordsByLanguage>(&value);
    if (words == nullptr) {
        return wrong("is neither a text nor a table of texts", "Write \"…\" or {en = \"…\", de = \"…\"}.");
    }
    for (const auto& [tag, text] : *words) {
        if (!language::is_tag(tag)) {
            return wrong("has a key that is no language", "Write it as {en = \"…\", de = \"…\"}.");
        }
        if (text.empty()) {
            return wrong("is empty in the language " + tag, "Leave out the language, or write the text.");
        }
    }
    return Result<SettingValue>{tl::in_place, *words};
}

Result<SettingValue> check_text(const Setting& setting, const std::string& text) {
    const auto shape = setting.shape;
    if (shape == Shape::Word) {
        return check_word(text);
    }
    if (shape == Shape::MaybeDay) {
        return check_day(text);
    }
    if (shape == Shape::Country) {
        return check_country(text);
    }
    if (shape == Shape::Store) {
        return check_store(text);
    }
    if (shape == Shape::Name) {
        return check_name(text);
    }
    if (shape == Shape::KeyName) {
        return check_key_name(text);
    }
    if (shape == Shape::Listen || (shape == Shape::MaybeListen && !text.empty())) {
        return check_listen(text);
    }
    if (shape == Shape::Choice) {
        return check_choice(setting, text);
    }
    if (shape == Shape::Database) {
        return text.find('=') != std::string::npos
                   ? Result<SettingValue>{text}
                   : check_scheme(text, kDatabases, "postgresql://user:password@host/name");
    }
    if (shape == Shape::Socket) {
        return check_socket(text);
    }
    if (shape == Shape::Mail) {
        return check_mail(text);
    }
    if (shape == Shape::Folder && text.empty()) {
        return wrong("is empty", "Name a folder.");
    }
    if (shape == Shape::WebAddress && !text.empty() && !Uri::parse(text)) {
        return wrong("is not an http or https address", "Write it as \"https://fedtrail.example\".");
    }
    return SettingValue{text};
}

}  // namespace

std::string Endpoint::text() const {
    const bool v6 = address.find(':') != std::string::npos;
    return (v6 ? "[" + address + "]" : address) + ":" + std::to_string(port);
}

std::optional<Endpoint> endpoint_from(std::string_view text) {
    return split_endpoint(text);
}

Result<SettingValue> checked(const Setting& setting, const SettingValue& value) {
    if (setting.is_list()) {
        return check_list(setting, value);
    }
    if (setting.shape == Shape::Duration || setting.shape == Shape::Size || setting.shape == Shape::Count) {
        return check_number(setting, value);
    }
    if (setting.shape == Shape::Words) {
        return check_words(value);
    }
    const auto* text = std::get_if<std::string>(&value);
    if (text == nullptr) {
        return wrong("is not a text", "Write it in quotes.");
    }
    return check_text(setting, *text);
}

SettingValue from_variable(const Setting& setting, std::string_view text) {
    if (!setting.is_list()) {
        return std::string{text};
    }
    Texts list;
    while (!text.empty()) {
        const auto comma = std::min(text.find(','), text.size());
        auto item = text.substr(0, comma);
        while (item.starts_with(' ')) {
            item.remove_prefix(1);
        }
        while (item.ends_with(' ')) {
            item.remove_suffix(1);
        }
        if (!item.empty()) {
            list.emplace_back(item);
        }
        text.remove_prefix(std::min(comma + 1, text.size()));
    }
    return list;
}

}  // namespace fedtrail::app
