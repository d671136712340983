/// What a recipient's operator promises in public (GDPR Art. 13, 14): the texts as they stood, how they
/// changed, and what they say, each claim with the sentence it rests on.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/core/personal.hpp"
#include "fedtrail/core/time.hpp"
#include "fedtrail/core/uri.hpp"

namespace fedtrail::records {

/// The numbers are written to disk: append only.
enum class PolicyKind : std::uint8_t {
    Privacy = 0,
    Terms = 1,
    About = 2,  ///< What the server says of itself at length: often all there is.
    Imprint = 3,
};

/// One wording of one text. Versions of a host and kind count from 1; a new one begins where the text
/// differs.
struct PolicyVersion {
    Host host;
    PolicyKind kind{PolicyKind::Privacy};
    std::uint32_t number{};
    std::string url;       ///< Where it was read.
    std::string language;  ///< BCP 47 as the page says or as its words show; "" is unknown.
    Instant first_seen{};
    Instant last_seen{};
    std::array<std::byte, 32> sha256{};  ///< Of the text as it is kept, UTF-8.
    std::uint64_t octets{};              ///< Of that text.
    bool cut{};                          ///< There was more than is kept.

    friend bool operator==(const PolicyVersion&, const PolicyVersion&) = default;
};

/// A wording that took the place of another.
struct PolicyReplacement {
    std::uint32_t from{};  ///< The number of the one before that is kept.
    PolicyVersion to;
};

/// A piece of a text that was compared with another one.
struct DifferencePiece {
    enum class Side : std::uint8_t { Both, Old, New };
    Side side{Side::Both};
    Personal<std::string> text;  ///< One paragraph or sentence; texts can name people.

    friend bool operator==(const DifferencePiece&, const DifferencePiece&) = default;
};

/// From one version to the next.
struct PolicyChange {
    PolicyVersion from;
    PolicyVersion to;
    std::vector<DifferencePiece> pieces;  ///< With some of what stayed around what changed.
    bool cut{};                           ///< More changed than is shown.
};

/// What a summary asks every policy.
enum class PolicyTopic : std::uint8_t {
    Contact,
    LegalEntity,
    Retention,
    Sharing,  ///< With third parties.
    Advertising,
    Training,  ///< Of models.
    Rights,
};

struct PolicyStatement {
    PolicyTopic topic{PolicyTopic::Contact};
    std::optional<Personal<std::string>> sentence;  ///< What it rests on, word for word; nothing: not found.
    PolicyKind kind{PolicyKind::Privacy};           ///< The text it stands in, with its version.
    std::uint32_t version{};
    std::string rule;  ///< Of policies/policy-rules.json, that found it.
    /// On sharing, advertising and training: a word that says no stands in the sentence, and none that takes
    /// it back ("not without your consent").
    bool denied{};

    friend bool operator==(const PolicyStatement&, const PolicyStatement&) = default;
};

/// A statement for every topic, in their order. `languages` are those of the rules that were used, in the
/// order of the texts, each once; none if there are no rules for any text's language, or there is no text:
/// nothing is claimed then.
struct PolicySummary {
    std::vector<std::string> languages;
    std::vector<PolicyStatement> statements;
};

/// All of one host.
struct PolicyHistory {
    std::vector<PolicyVersion> versions;  ///< By kind, oldest first.
    std::vector<PolicyChange> changes;    ///< Newest first.
    PolicySummary summary;                ///< Of the newest versions.
};

[[nodiscard]] constexpr std::string_view name_of(PolicyKind kind) {
    constexpr std::array<std::string_view, 4> kNames{"privacy", "terms", "about", "imprint"};
    return kNames.at(static_cast<std::size_t>(kind));
}

inline constexpr std::array<PolicyTopic, 7> kPolicyTopics{PolicyTopic::Contact,
                                                          PolicyTopic::LegalEntity,
                                                          PolicyTopic::Retention,
                                                          PolicyTopic::Sharing,
                                                          PolicyTopic::Advertising,
                                                          PolicyTopic::Training,
                                                          PolicyTopic::Rights};

[[nodiscard]] constexpr std::string_view name_of(PolicyTopic topic) {
    constexpr std::array<std::string_view, 7> kNames{
        "contact", "legal_entity", "retention", "sharing", "advertising", "training", "rights"};
    return kNames.at(static_cast<std::size_t>(topic));
}

}  // namespace fedtrail::records
