/// The processing activities as papers list them, in one language.

#pragma once

#include <span>
#include <string>
#include <vector>

#include "reports/operator_facts.hpp"
#include "reports/own_records.hpp"

namespace fedtrail::reports {

class PaperTexts;

/// Words are plain text without references.
struct ActivityEntry {
    std::string code;  ///< "accounts", or the operator's own word.
    std::string name;
    std::string purpose;
    std::string sub_purposes;  ///< "" without any.
    std::string persons;
    std::string data;
    std::string recipients;
    std::string source;                    ///< "person", "others", "both"
    std::string source_words;              ///< The same, or more.
    std::vector<std::string> legal_basis;  ///< "6(1)(b)"
    std::string law;                       ///< "" where none is needed.
    std::string interest;
    std::string balancing;
    std::string special_basis;      ///< "9(2)(e)"
    std::string special_condition;  ///< Of national law; "" was not said.
    std::string retention;
    std::string data_retention;       ///< Of single categories; "": all as retention says.
    std::string retention_policy;     ///< Where; "" was not said.
    std::string retention_followed;   ///< "no", "yes"; "" was not said.
    std::string retention_reason;     ///< Why it is not; "" was not said.
    std::string assessment_required;  ///< "no", "yes"; "" was not said.
    std::string assessment_progress;  ///< "planned", "under_way", "done"; "" was not said.
    std::string breach_occurred;      ///< "no", "yes"; "" was not said.
    std::string assessment;           ///< With the next three: where; "" was not said.
    std::string consents;
    std::string location;
    std::string breaches;
    /// Art. 20: where it rests on consent or a contract; Art. 21: where on (e) or (f); Art. 7(3): on consent.
    std::vector<std::string> rights;
};

/// Those that are done, the known ones first. Nothing may be missing (missing_items()).
/// How long the ledger's own records are kept is what `own` says; where it lacks a kind, the operator's
/// words stand beside it.
[[nodiscard]] std::vector<ActivityEntry> activity_list(const OperatorFacts& facts,
                                                       std::span<const OwnPeriod> own,
                                                       const PaperTexts& texts);

/// "6(1)(b)" in words.
[[nodiscard]] std::string basis_words(const std::string& point, const PaperTexts& texts);

/// The measures in words, the known ones first. The operator's own must not be missing (missing_items()).
[[nodiscard]] std::vector<std::string> measure_words(const OperatorFacts& facts, const PaperTexts& texts);

/// On what a transfer rests: the basis ("A46-2-c"; "" within the EEA) in words, and the number of the
/// decision;
/// "" where there is none.
[[nodiscard]] std::string safeguard_words(const std::string& basis,
                                          const std::string& decision,
                                          const PaperTexts& texts);

/// A reference to the article that was declared; "" for what is none.
[[nodiscard]] std::string declared_reference(const std::string& article, const PaperTexts& texts);

/// A list in words, as the language separates its parts.
[[nodiscard]] std::string joined(const std::vector<std::string>& parts, const PaperTexts& texts);

}  // namespace fedtrail::reports
