// What was found, for people and for programs.

#include <algorithm>
#include <array>
#include <ostream>

#include <nlohmann/json.hpp>

#include "fedtrail/audit/verify.hpp"
#include "fedtrail/core/count.hpp"
#include "fedtrail/core/utf8.hpp"

namespace fedtrail::audit {

namespace {

using Json = nlohmann::ordered_json;

/// What it comes to, in a sentence.
std::string_view words_of(const Verification& verification) {
    switch (verification.outcome()) {
        case Verdict::Holds:
            return "The bundle holds.";
        case Verdict::Fails:
            return "The bundle does NOT hold.";
        case Verdict::Open:
            break;
    }
    return verification.could_be_told()
               ? "The bundle agrees with itself; whose it is was not shown: give the log's key with --key."
               : "Nothing in the bundle fails, but what was asked for could not be compared.";
}

/// The claims that rest on the controller's word alone.
std::string not_proven(const Verification& verification) {
    constexpr std::array<std::string_view, 5> kOfController{"scope", "policies", "papers", "export", "page"};
    std::string names;
    for (const auto& claim : verification.claims) {
        if (claim.verdict == Verdict::Open &&
            std::find(kOfController.begin(), kOfController.end(), claim.name) != kOfController.end()) {
            names += (names.empty() ? "" : ", ") + claim.name;
        }
    }
    return names.empty() ? names : "The controller's word, not proven by the log: " + names + ".\n";
}

Json about(const Manifest& manifest) {
    return {{"program", manifest.program},
            {"level", name_of(manifest.level)},
            {"scope", scope_text(manifest.scope)},
            {"origin", manifest.checkpoint.origin},
            {"key", manifest.key.text()},
            {"leaves", manifest.checkpoint.size},
            {"records", total_of(manifest.counts.opened)},
            {"closed", total_of(manifest.counts.closed)},
            {"unlogged", manifest.unlogged ? Json(manifest.unlogged->records) : Json(nullptr)}};
}

std::string unlogged_words(const std::optional<records::Unlogged>& unlogged) {
    if (!unlogged || unlogged->records == 0) {
        return {};
    }
    return "Says that " + counted(unlogged->records, "record") +
           (unlogged->oldest ? " since " + format_rfc3339(*unlogged->oldest) : "") +
           (unlogged->records == 1 ? " was" : " were") + " not in the log yet.\n";
}

/// For a terminal, whose cursor a bundle may try to move: control characters become "?", and what
/// turns a line around is left out.
std::string printable(const std::string& claimed) {
    auto text = without_turns(claimed);
    for (std::size_t at = 0; at < text.size(); ++at) {
        const auto octet = static_cast<unsigned char>(text[at]);
        const bool control = octet < 0x20U || octet == 0x7FU;
        const bool high =
            octet >= 0x80U && octet < 0xA0U && at > 0 && text[at - 1] == '\xC2';  // U+0080 to 9F
        if (control || high) {
            text[at] = '?';
            text[at - (high ? 1 : 0)] = '?';
        }
    }
    return text;
}

}  // namespace

void write_text(const Verification& verification, std::ostream& out) {
    if (verification.manifest) {
        const auto& manifest = *verification.manifest;
        out << "Says it is about " << scope_text(manifest.scope) << " of the log "
            << printable(manifest.checkpoint.origin) << ", at level " << name_of(manifest.level)
            << ", made by fedtrail " << printable(manifest.program) << ".\n"
            << unlogged_words(manifest.unlogged) << "\n";
    }
    for (const auto& claim : verification.claims) {
        constexpr std::size_t kVerdict = 7;
        constexpr std::size_t kName = 12;
        std::string line{name_of(claim.verdict)};
        line.resize(std::max(kVerdict, line.size() + 1), ' ');
        line += claim.name;
        line.resize(std::max(kVerdict + kName, line.size() + 1), ' ');
        out << line << printable(claim.sentence) << "\n";
    }
    out << "\n" << not_proven(verification) << words_of(verification) << "\n";
}

void write_json(const Verification& verification, std::ostream& out) {
    auto claims = Json::array();
    for (const auto& claim : verification.claims) {
        claims.push_back({{"name", claim.name},
                          {"verdict", name_of(claim.verdict)},
                          {"sentence", claim.sentence},
                          {"asked", claim.asked}});
    }
    Json json{{"format", "fedtrail/audit-verification/1"},
              {"holds", verification.holds()},
              {"verdict", name_of(verification.outcome())},
              {"claims", std::move(claims)},
              {"bundle", verification.manifest ? about(*verification.manifest) : Json(nullptr)}};
    // What a broken manifest says need not be UTF-8.
    out << json.dump(2, ' ', false, Json::error_handler_t::replace) << "\n";
}

}  // namespace fedtrail::audit
