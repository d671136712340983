/// On what a transfer to a third country rests (GDPR Chapter V), decided from what is known and nothing else.

#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/core/uri.hpp"
#include "fedtrail/privacy/country.hpp"
#include "fedtrail/privacy/legal_clock.hpp"

namespace fedtrail::privacy {

/// The classes that are counted and printed. The numbers are written to disk: append only.
enum class BasisKind : std::uint8_t {
    NoneNeeded = 0,          ///< Within the EEA: no transfer in the sense of Chapter V.
    Adequacy = 1,            ///< Art. 45(3), and everything the decision asks for is known to hold.
    AdequacyUnverified = 2,  ///< There is a decision; that it covers this recipient is not established.
    StandardClauses = 3,     ///< Art. 46(2)(c).
    ExplicitConsent = 4,     ///< Art. 49(1)(a).
    Declared = 5,            ///< Another one, which the controller declared.
    Undocumented = 6,        ///< None is on record.
};

/// Why it is that class.
enum class BasisReason : std::uint8_t {
    InEea,
    DecisionHolds,
    ScopeNotKnown,    ///< Whether the recipient is one of those the decision is for.
    CheckDated,       ///< It was looked up, but not for the day of the transfer.
    CheckIncomplete,  ///< It was looked up, but what was found is not recorded.
    DataStale,        ///< The decision was last checked too long ago.
    EftaNotKnown,  ///< Whether the decision is part of the EEA Agreement; the controller is in IS, LI or NO.
    ClausesOnFile,
    ConsentOnFile,
    DeclaredByController,
    CountryNotKnown,
    NoDecision,
    DecisionNotInForce,  ///< On the day of the transfer: not yet, or not any more.
    ScopeNotMet,         ///< The decision is not for this recipient.
    SwitchedOff,         ///< The controller does not rely on the decision.
    EftaPending,       ///< The decision is not part of the EEA Agreement; the controller is in IS, LI or NO.
    SpecialTerritory,  ///< Belongs to a state of the EEA, and lies outside or it is in doubt.
    CountryDated,      ///< What places the operator was found out too long ago.
};

/// Part of a state of the EEA with a code of its own.
struct Territory {
    Country code;
    Country of;
    bool inside{};  ///< The GDPR applies there as in the state itself.
};

/// What a decision asks of a recipient, and how long an answer is good for.
struct AdequacyScope {
    std::string fact;  ///< "lgpd", "dpf_list", …: the name under which it is recorded of a recipient.
    bool presumed_outside{};  ///< A recipient that nobody looked up is taken to be outside.
    bool needs_record{};      ///< A check without entity, entry and kind of data counts for nothing.
    std::optional<int> holds_months{};      ///< After the check; absent: until somebody checks again.
    std::vector<std::string> entries{};     ///< Which rows of the list count; none: any.
    std::vector<std::string> data_kinds{};  ///< Which kinds of data cover what is sent; none: any.
};

/// Whether IS, LI and NO are bound by a decision as the EU is.
enum class EftaState : std::uint8_t { AsEu, Pending, NotKnown };

/// One decision of the Commission under Art. 45(3), or one that Art. 45(9) keeps in force.
struct AdequacyDecision {
    std::string number;              ///< "(EU) 2023/1795"
    std::optional<Country> country;  ///< Absent: for an international organisation.
    std::string organisation;        ///< "EPO"; "" for a country.
    Day valid_from;
    std::optional<Day> valid_to;  ///< The last day; absent: no end is set.
    std::optional<AdequacyScope> scope;
    EftaState efta{EftaState::NotKnown};
    Day checked_at;
};

/// policies/adequacy.json as a value.
struct Adequacy {
    Day checked_at;             ///< The lists of states and territories.
    int refuse_after_months{};  ///< What was checked longer ago than this is never called adequate.
    std::vector<Country> eea;   ///< All thirty states, sorted.
    std::vector<Country> efta;  ///< Those of them that are not in the EU, sorted.
    std::vector<Territory> territories;
    std::vector<AdequacyDecision> decisions;
};

/// Calendar days, both of them included.
struct DaySpan {
    Day first;
    Day last;
};

/// What the controller can turn off without touching the facts.
struct TransferSwitches {
    bool dpf_enabled{true};          ///< False: nothing rests on the EU-US Data Privacy Framework, on no day.
    std::vector<DaySpan> dpf_off{};  ///< Transfers of these days do not, even if it is on again.
};

/// The scope that the switch is for.
inline constexpr std::string_view kDpfFact = "dpf_list";

/// What a look in a list or a text said about a recipient and the scope of a decision.
struct ScopeCheck {
    std::string fact;
    bool met{};
    Day checked_at;
    std::optional<Day> since{};  ///< From when on the source says that it holds; absent: from the check on.
    std::string entity{};        ///< As the list names it.
    std::string entry{};         ///< Which row or framework.
    std::string data_kind{};     ///< What kind of data the entry covers.
};

/// Standard data protection clauses (Decision (EU) 2021/914) signed with the recipient.
struct Clauses {
    Day signed_on;
    std::optional<Day> until;  ///< The last day.
    bool assessed{};  ///< Clause 14: the law of the recipient's country was assessed and written down.
};

/// Consent of the data subject who had been told the risks (Art. 49(1)(a)).
struct ExplicitConsent {
    std::vector<Country> countries;
    Day given;
    std::optional<Day> withdrawn;  ///< From this day on it carries nothing.
};

struct DeclaredBasis {
    std::string article;  ///< "49(1)(c)"
    Day from;
    std::optional<Day> until;  ///< The last day.
    std::string
        document{};  ///< Where assessment and safeguards are written down (Art. 49(6)); "" was not said.
};

struct RecipientFacts {
    Host host;
    std::optional<Country> country;  ///< Where the operator is established; absent: not known.
    bool country_dated{};            ///< Absent only because what places them is too old.
    std::string organisation;        ///< Set for an international organisation; its seat does not count then.
    std::vector<ScopeCheck> checks;
    std::optional<Clauses> clauses;
    std::optional<DeclaredBasis> declared;
};

/// What is not about the recipient.
struct Occasion {
    Day transfer;                              ///< The day it happens or happened.
    Day today;                                 ///< From it the age of the data counts.
    Country controller;                        ///< Where the controller is established.
    std::optional<ExplicitConsent> consent{};  ///< Of the person whose data it is.
};

struct TransferBasis {
    BasisKind kind{BasisKind::Undocumented};
    BasisReason reason{BasisReason::CountryNotKnown};
    std::string decision{};              ///< Number of the decision that was looked at; "" if there is none.
    std::string article{};               ///< Of what was declared.
    std::string document{};              ///< Where that is written down; "" was not said.
    std::optional<BasisKind> besides{};  ///< AdequacyUnverified: what is on file all the same.
    bool stale{};                        ///< What this rests on was checked too long ago.
    bool special_territory{};            ///< The controller should look at it.

    friend bool operator==(const TransferBasis&, const TransferBasis&) = default;
};

/// Whether what goes there stays within the EEA: one of its states, or a territory that is part of it.
[[nodiscard]] bool is_within_eea(const Country& country, const Adequacy& adequacy);

/// In this order: EEA, adequacy, clauses, consent, declared; else Undocumented, which is never called
/// anything else. Days are compared as calendar days.
[[nodiscard]] TransferBasis basis(const RecipientFacts& recipient,
                                  const Occasion& occasion,
                                  const Adequacy& adequacy,
                                  const TransferSwitches& switches);

/// The days on which basis() of a transfer may be another than the day before, ascending, each once: a
/// decision begins or is over, and so do a check, clauses, what was declared and the days on which a switch
/// was off. A consent's own days are not among them.
[[nodiscard]] std::vector<Day> turning_days(const RecipientFacts& recipient,
                                            const Adequacy& adequacy,
                                            const TransferSwitches& switches);

/// A recipient whose basis is not what it was.
struct BasisChange {
    Host host;
    TransferBasis before;
    TransferBasis after;
};

/// Whose basis would change, in the order of `recipients`.
[[nodiscard]] std::vector<BasisChange> effect_of_switch(std::span<const RecipientFacts> recipients,
                                                        const Occasion& occasion,
                                                        const Adequacy& adequacy,
                                                        const TransferSwitches& before,
                                                        const TransferSwitches& after);

[[nodiscard]] std::string_view name_of(BasisKind kind);      ///< "none_needed", "A45-3?unverified", …
[[nodiscard]] std::string_view name_of(BasisReason reason);  ///< "scope_not_known", …
[[nodiscard]] std::optional<BasisKind> basis_named(std::string_view name);

}  // namespace fedtrail::privacy
