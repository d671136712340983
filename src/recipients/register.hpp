/// Who the recipients are: the directory, what was found out, what the controller declared, and the
/// decisions, joined into cards.

#pragma once

#include <memory>
#include <mutex>

#include "fedtrail/fediverse/dialect.hpp"
#include "fedtrail/ports/address_countries.hpp"
#include "fedtrail/ports/clock.hpp"
#include "fedtrail/ports/country_book.hpp"
#include "fedtrail/ports/declaration_book.hpp"
#include "fedtrail/ports/recipient_directory.hpp"
#include "fedtrail/ports/recipient_register.hpp"
#include "fedtrail/ports/switch_book.hpp"

#include "recipients/adequacy_policy.hpp"
#include "recipients/declaration.hpp"
#include "recipients/delivery_networks.hpp"
#include "recipients/imprint_words.hpp"

namespace fedtrail::recipients {

/// The only switch there is: whether anything rests on the EU-US Data Privacy Framework.
inline constexpr std::string_view kDpfSwitch = "dpf";

/// All must outlive the register.
struct RegisterPorts {
    const RecipientDirectory& directory;
    const DeclarationBook& declarations;
    const CountryBook& countries;
    const SwitchBook& switches;
    const Clock& clock;
};

struct RegisterPolicies {
    AdequacyPolicy adequacy;
    privacy::Country controller;  ///< Where the controller is established.
    DeliveryNetworks networks{};
    ImprintWords words{};
    std::shared_ptr<const AddressCountries> addresses{};    ///< May be null.
    std::shared_ptr<const fediverse::Dialects> dialects{};  ///< Know some software by its host; may be null.
};

/// Thread-safe.
class Register final : public RecipientRegister {
public:
    Register(const RegisterPorts& ports, std::shared_ptr<const RegisterPolicies> policies)
        : ports_(ports), policies_(std::move(policies)) {}

    [[nodiscard]] Result<std::vector<records::RecipientCard>> cards(std::span<const Host> hosts,
                                                                    privacy::Day transfer) const override;
    /// What the bases of `hosts` are decided from, in their order. Errors: as cards().
    [[nodiscard]] Result<std::vector<privacy::RecipientFacts>> facts(std::span<const Host> hosts) const;

    /// What is not about a recipient, and about no person: no consent is in it (RecipientCard::if_consented).
    [[nodiscard]] privacy::Occasion occasion(privacy::Day transfer) const;
    /// Those of the policy, less what the controller turned off, now or on days that are over. Errors:
    /// Unavailable, Corrupt.
    [[nodiscard]] Result<privacy::TransferSwitches> switches() const;

    /// From now on.
    void use(std::shared_ptr<const RegisterPolicies> policies);
    [[nodiscard]] std::shared_ptr<const RegisterPolicies> policies() const;

private:
    struct Read;
    struct Known;
    [[nodiscard]] Result<Read> read(std::span<const Host> hosts) const;
    [[nodiscard]] Result<Known> known(std::span<const Host> hosts) const;

    RegisterPorts ports_;
    mutable std::mutex guard_;
    std::shared_ptr<const RegisterPolicies> policies_;
};

/// A hint of Low confidence places nobody: a basis never rests on it. A registration that is too old is one.
[[nodiscard]] privacy::RecipientFacts facts_of(const Host& host,
                                               const records::CountryFinding& country,
                                               const Declaration& declaration,
                                               const privacy::Day& today);

}  // namespace fedtrail::recipients
