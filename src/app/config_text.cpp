#include "app/config_text.hpp"

#include <array>
#include <cstdio>

#include "app/settings.hpp"

namespace fedtrail::app {

namespace {

constexpr std::size_t kCommentWidth = 110;

/// `text` as comment lines.
std::string comment(std::string_view text) {
    std::string out;
    std::string line = "#";
    while (!text.empty()) {
        const auto space = std::min(text.find(' '), text.size());
        if (line.size() + 1 + space > kCommentWidth) {
            out += line + "\n";
            line = "#";
        }
        line += " " + std::string{text.substr(0, space)};
        text.remove_prefix(std::min(space + 1, text.size()));
    }
    return out + line + "\n";
}

std::string meaning_of(const Setting& setting) {
    std::string text{setting.meaning};
    if (!setting.choices.empty()) {
        text += " One of";
        for (const auto choice : setting.choices) {
            text += (choice == setting.choices.front() ? " " : ", ") + toml_quoted(choice);
        }
        text += ".";
    }
    return text;
}

/// What each setting of a list of tables means.
std::string meanings(std::string_view group) {
    std::string out;
    for (const auto& setting : settings()) {
        if (setting.group() == group) {
            out += comment(std::string{setting.key()} + ": " + meaning_of(setting));
        }
    }
    return out;
}

/// The activities of every fediverse server, in the order of the record. No basis is proposed.
constexpr std::array<std::string_view, 8> kActivities{
    "accounts", "publishing", "federation", "remote_copies", "moderation", "logs", "backups", "ledger"};

std::string processing_text() {
    auto out = meanings("processing") +
               "# A text can be given in several languages: purpose = {en = \"…\", de = \"…\"}.\n";
    for (const auto activity : kActivities) {
        out += "# [[processing]]\n# activity = " + toml_quoted(activity) +
               "\n# legal_basis = []\n# legitimate_interest = \"\"\n# retention = \"\"\n";
    }
    return out;
}

std::string processor_text() {
    return meanings("processor") +
           "# [[processor]]\n# name = \"Example Hosting GmbH, Berlin\"\n# service = \"hosting\"\n"
           "# country = \"DE\"\n# safeguard = \"\"\n";
}

std::string origin_text(const NewConfig& config) {
    auto out = meanings("origin");
    for (const auto& origin : config.origins) {
        out += "[[origin]]\nhost = " + toml_quoted(origin.host) + "\n";
        out += origin.software.empty() ? "# software = \"mastodon\"\n"
                                       : "software = " + toml_quoted(origin.software) + "\n";
        out += "# aliases = []\n";
    }
    if (config.origins.empty()) {
        out += "# [[origin]]\n# host = \"origin.example\"\n# software = \"mastodon\"\n# aliases = []\n";
    }
    return out;
}

}  // namespace

std::string toml_quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
            std::array<char, 8> escaped{};
            std::snprintf(escaped.data(), escaped.size(), "\\u%04x", static_cast<unsigned>(c));
            out += escaped.data();
            continue;
        }
        if (c == '"' || c == '\\') {
            out += '\\';
        }
        out += c;
    }
    return out + "\"";
}

std::string config_text(const NewConfig& config) {
    std::string out =
        "# Fedtrail. Every setting with its default; docs/configuration.md says more.\n"
        "# A variable of the environment wins over this file: FEDTRAIL_PROXY_LISTEN over proxy.listen.\n\n";
    std::string_view group;
    for (const auto& setting : settings()) {
        if (setting.group() != group) {
            group = setting.group();
            out += "\n" + (group == "origin"       ? origin_text(config)
                           : group == "processing" ? processing_text()
                           : group == "processor"  ? processor_text()
                                                   : "[" + std::string{group} + "]\n");
        }
        if (is_repeated(group)) {
            continue;
        }
        out += comment(meaning_of(setting));
        if (setting.name == "data_dir" && !config.data_dir.empty()) {
            out += "data_dir = " + toml_quoted(config.data_dir.string()) + "\n";
        } else {
            out += "# " + std::string{setting.key()} + " = " + std::string{setting.fallback} + "\n";
        }
    }
    return out;
}

}  // namespace fedtrail::app
