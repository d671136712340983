/// OperatorFacts: what only the operator of an origin knows, and what of it a paper cannot be without.

#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/privacy/transfer_basis.hpp"

#include "reports/transfer_report.hpp"

namespace fedtrail::reports {

/// A text by language (BCP 47); what stands under "" is in the operator's usual language.
using Wording = std::map<std::string, std::string, std::less<>>;

/// The activities of every fediverse server, in the order of the record (Art. 30(1)). Their texts are in
/// policies/texts.
inline constexpr std::array<std::string_view, 8> kActivities{
    "accounts", "publishing", "federation", "remote_copies", "moderation", "logs", "backups", "ledger"};

/// Measures (Art. 32) that have a text; others are in the operator's own words (own_measures).
inline constexpr std::array<std::string_view, 10> kMeasures{"tls",
                                                            "disk_encryption",
                                                            "backups",
                                                            "access_control",
                                                            "two_factor",
                                                            "updates",
                                                            "logging",
                                                            "pseudonyms",
                                                            "training",
                                                            "contracts"};

[[nodiscard]] bool is_known_activity(std::string_view activity);

struct ActivityFacts {
    std::string activity;  ///< One of kActivities or the operator's own word.
    bool done{true};
    Wording name;     ///< With the next four: in place of the text that is known.
    Wording purpose;  ///< Art. 13(1)(c)
    Wording sub_purposes;
    Wording persons;
    Wording data;
    Wording recipients;
    std::string source;                    ///< "person", "others", "both"; "" was not said.
    std::vector<std::string> legal_basis;  ///< "6(1)(b)"
    Wording law;                           ///< Art. 6(3)
    Wording legitimate_interest;           ///< Art. 13(1)(d)
    std::string balancing;                 ///< Where it is written down; "" was not said.
    std::string special_basis;             ///< "9(2)(e)"; "" was not said.
    std::string special_condition;         ///< Of national law; "" was not said.
    Wording retention;                     ///< A period as below, or words.
    Wording data_retention;                ///< Of single categories, where one period does not hold for all.
    std::string retention_policy;          ///< Where it is written down; "" was not said.
    std::string retention_followed;        ///< "no", "yes"; "" was not said.
    Wording retention_reason;              ///< Why it is not followed.
    std::string assessment_required;       ///< "no", "yes"; "" was not said.
    std::string assessment_progress;       ///< "planned", "under_way", "done"; "" was not said.
    std::string assessment;                ///< Art. 35: where; "" was not said.
    std::string consents;                  ///< Art. 7(1): where; "" was not said.
    std::string location;                  ///< Where the data lies; "" was not said.
    std::string breach_occurred;           ///< "no", "yes"; "" was not said.
    std::string breaches;                  ///< Art. 33(5): where; "" was not said.
};

/// Art. 28.
struct ProcessorFacts {
    std::string name;
    std::string service;                       ///< "hosting", … as in the texts.
    std::string country;                       ///< ISO 3166-1 alpha-2.
    std::string safeguard;                     ///< "A45-3", "A46-2-c", …; "" was not said.
    std::string contract{};                    ///< Art. 28(3): where; "" was not said.
    std::string safeguard_document{};          ///< Where the safeguard is written down; "" was not said.
    std::optional<privacy::ScopeCheck> dpf{};  ///< A look in the Data Privacy Framework List.
    /// Of "A45-3", what the decisions say; absent: they were not asked (processor_safeguards.hpp).
    std::optional<privacy::TransferBasis> decided{};
};

struct OperatorFacts {
    ControllerBlock controller;  ///< Its dpo is "none" if there is none.
    std::string address;
    std::string representative;
    std::vector<std::string> joint;
    std::string country;
    std::vector<std::string> hosts;  ///< Of the origins.
    std::string usual_language;
    std::string required;  ///< "contract", "law", "no"; "" was not said.
    Wording automated;     ///< Under "": "none", or words.
    bool no_processors{};  ///< Said so.
    Wording essence;       ///< Of the arrangement between joint controllers.
    std::size_t largest{};
    std::vector<std::string> measures;  ///< Of kMeasures.
    Wording own_measures;
    std::string created;  ///< Days of the record; "" was not said.
    std::string updated;
    std::vector<ActivityFacts> activities;
    std::vector<ProcessorFacts> processors;
};

inline constexpr std::string_view kNone = "none";

/// How long something is kept, as far as it needs no language.
struct Retention {
    enum class While : std::uint8_t { Nothing, Account, Item };
    While exists{While::Nothing};  ///< As long as this exists …
    std::uint64_t number{};        ///< … and then so many …
    std::string_view noun{};       ///< … of "days", "months", "years"; "" is no longer.
};

/// "90d", "12m", "3y", "account", "item+30d". Nothing for anything else.
[[nodiscard]] std::optional<Retention> retention_from(std::string_view text);

/// The words in `language`; nothing if there are none in it.
[[nodiscard]] std::optional<std::string> in_language(const Wording& words,
                                                     std::string_view language,
                                                     std::string_view usual);

enum class PaperKind : std::uint8_t { Notice, Record };

/// Something that a paper must say and nobody has said.
struct MissingItem {
    std::string article;  ///< "13(1)(b)"
    std::string key;      ///< Of fedtrail.toml: "controller.dpo".
    std::string what;     ///< In English, for the operator.
};

/// Everything that is missing, in the order of the configuration. `language` is that of the paper; absent:
/// words in any language will do. `own_limited`: how long the ledger's records are kept is known without
/// the operator (own_records.hpp).
[[nodiscard]] std::vector<MissingItem> missing_items(const OperatorFacts& facts,
                                                     PaperKind kind,
                                                     std::string_view language,
                                                     const privacy::Adequacy& adequacy,
                                                     bool own_limited);

/// All of them in one refusal. Errors: Denied, unless nothing is missing.
[[nodiscard]] Result<void> refuse_missing(const std::vector<MissingItem>& missing, PaperKind kind);

}  // namespace fedtrail::reports
