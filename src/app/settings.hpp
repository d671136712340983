/// The one table of settings: the parser, the schema, the example and the manual all come from it.

#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "app/config.hpp"

namespace fedtrail::app {

/// A text in several languages; what stands under "" is said to be in the first of controller.languages.
using WordsByLanguage = std::map<std::string, std::string, std::less<>>;
using SettingValue = std::variant<std::string, std::int64_t, bool, std::vector<std::string>, WordsByLanguage>;

enum class Shape {
    Text,
    Secret,    ///< Text that no error repeats.
    Country,   ///< ISO 3166-1 alpha-2.
    Folder,    ///< A path.
    File,      ///< A path.
    Store,     ///< "sqlite:FILE".
    Name,      ///< A host.
    Names,     ///< Hosts.
    Patterns,  ///< Hosts, or "*.example" for everything below one.
    Networks,  ///< IP addresses or CIDR blocks.
    Resolved,  ///< "host=address[:port]".
    Listen,    ///< "address:port".
    MaybeListen,
    WebAddress,   ///< http(s) URI or "".
    MaybeFolder,  ///< A path or "".
    Database,     ///< "postgresql://…", "host=… dbname=…" or ""; no error repeats it.
    Socket,       ///< "unix:/path" or ""; canonical: the path.
    Mail,         ///< "smtp://…", "smtps://…", "smtp+plain://…" or ""; no error repeats it.
    Texts,
    KeyName,    ///< Of a note's key, no scheme; or "".
    LogKeys,    ///< Verifier keys of logs.
    Witnesses,  ///< "URL KEY"
    Duration,   ///< "30s", "15m", "12h", "7d".
    Durations,  ///< At least one of the same; canonical: seconds.
    Size,       ///< "64MiB" or octets.
    Count,      ///< A whole number.
    Choice,
    Word,      ///< Lower-case letters, digits and hyphens.
    Words,     ///< A text, or a table of texts by language (BCP 47).
    Bases,     ///< Points of Art. 6(1): "6(1)(b)".
    Measures,  ///< Of Art. 32, that policies/texts has words for.
    MaybeDay,  ///< "2026-11-22" or "".
};

struct Setting {
    std::string_view name;  ///< "proxy.listen"; "origin.host" stands for every [[origin]], and so on.
    Shape shape;
    std::string_view fallback;  ///< As written in TOML; "" if it must be given.
    std::string_view meaning;   ///< One or two sentences.
    void (*put)(Config&, const SettingValue&);
    std::int64_t least{0};  ///< For Duration and Durations (seconds), Size (octets), Count.
    std::int64_t most{0};
    std::span<const std::string_view> choices{};

    [[nodiscard]] std::string_view group() const;  ///< "proxy"; "" for data_dir.
    [[nodiscard]] std::string_view key() const;    ///< "listen".
    [[nodiscard]] std::string variable() const;    ///< "FEDTRAIL_PROXY_LISTEN".
    [[nodiscard]] bool is_list() const;
};

[[nodiscard]] std::span<const Setting> settings();
/// The part of them that [erasure] and [smtp] are.
[[nodiscard]] std::span<const Setting> erasure_settings();
/// The part of them that the instance's own papers need.
[[nodiscard]] std::span<const Setting> paper_settings();
/// Whether a group is a list of tables: [[origin]], [[processing]], [[processor]].
[[nodiscard]] bool is_repeated(std::string_view group);
/// Whether the environment can give settings of this group.
[[nodiscard]] bool in_environment(std::string_view group);
/// The part of them that [ingress] is.
[[nodiscard]] std::span<const Setting> ingress_settings();
/// The part of them that the transparency log is: in [log], and [witness].
[[nodiscard]] std::span<const Setting> log_settings();
[[nodiscard]] std::span<const Setting> witness_settings();

/// The value in its canonical form (hosts normalised, durations and sizes as numbers), or what is wrong with
/// it and the remedy, without the place. Errors: Invalid.
[[nodiscard]] Result<SettingValue> checked(const Setting& setting, const SettingValue& value);

/// Text of the environment to a value: lists are separated by commas.
[[nodiscard]] SettingValue from_variable(const Setting& setting, std::string_view text);

}  // namespace fedtrail::app
