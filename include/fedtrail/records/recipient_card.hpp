/// RecipientCard: all that is known of one recipient (GDPR Art. 4(9)), joined from what it says of itself,
/// what lists and addresses hint at, and what the controller wrote down.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fedtrail/core/personal.hpp"
#include "fedtrail/core/time.hpp"
#include "fedtrail/core/uri.hpp"
#include "fedtrail/privacy/country.hpp"
#include "fedtrail/privacy/disclosure.hpp"
#include "fedtrail/privacy/joined_hosts.hpp"
#include "fedtrail/privacy/transfer_basis.hpp"

namespace fedtrail::records {

/// How the country of an operator is known. The numbers are written to disk: append only.
enum class CountrySource : std::uint8_t {
    Unknown = 0,
    HostingAddress = 1,  ///< Where its network address is registered: a hint of last resort.
    WhoisFile = 2,       ///< A file of domain registrations that the controller handed in.
    Imprint = 3,         ///< An address in its imprint or policy.
    Declared = 4,        ///< Its own statement, in a field made for it.
    DpfList = 5,         ///< The entry in the Data Privacy Framework List.
    Admin = 6,           ///< The controller wrote it down, with a reason.
};

enum class Confidence : std::uint8_t { None = 0, Low = 1, Medium = 2, High = 3 };

/// Where an operator is established, as far as anybody can tell. Without a country, everything else is why.
/// Where another source sees the same operator.
struct OtherCountry {
    CountrySource source{CountrySource::Unknown};
    privacy::Country country;

    friend bool operator==(const OtherCountry&, const OtherCountry&) = default;
};

struct CountryFinding {
    std::optional<privacy::Country> country{};
    CountrySource source{CountrySource::Unknown};
    Confidence confidence{Confidence::None};
    std::optional<Instant> found_at{};
    /// The sentence, list entry, domain or reason it rests on, as its author wrote it: papers in every
    /// language quote it. "" where the source says it all. Never a person's name.
    std::string why{};
    bool dated{};                           ///< Found too long ago to be more than a hint.
    std::optional<OtherCountry> against{};  ///< Says otherwise, so that this is no more than a hint.
    std::string network{};  ///< Through which delivery network it answers, where no country is known.

    friend bool operator==(const CountryFinding&, const CountryFinding&) = default;
};

/// Where the operator is established; absent: not known. A hint (low confidence) places nobody.
[[nodiscard]] inline std::optional<privacy::Country> established_in(const CountryFinding& finding) {
    return finding.confidence > Confidence::Low ? finding.country : std::nullopt;
}

/// Where a hint points to, if it is all there is.
[[nodiscard]] inline std::optional<privacy::Country> hinted_in(const CountryFinding& finding) {
    return established_in(finding) ? std::nullopt : finding.country;
}

/// What kind of server it is, where that changes what a disclosure means.
struct RecipientMarks {
    bool relay{};             ///< Passes on everything it gets.
    bool bridge{};            ///< Passes on into another network.
    bool community{};         ///< Passes on what its groups get (FEP-1b12).
    bool single_person{};     ///< One account: the host itself is personal data.
    bool content_delivery{};  ///< Its address is a delivery network's and says nothing of the operator.
    bool several_people{};    ///< The controller says that it is not one person's.

    friend bool operator==(const RecipientMarks&, const RecipientMarks&) = default;
};

/// Another host of the same recipient.
struct HostAlias {
    Host host;
    std::string
        why;  ///< "www", "webfinger", "host_meta", "nodeinfo"; on a card "main": the one it is named by.

    friend bool operator==(const HostAlias&, const HostAlias&) = default;
};

/// On what a transfer rests if the person consented to transfers to `country` (records::Consent).
struct IfConsented {
    privacy::Country country;
    privacy::TransferBasis basis;

    friend bool operator==(const IfConsented&, const IfConsented&) = default;
};

struct RecipientCard {
    Host host;
    std::vector<HostAlias> aliases{};
    std::string software{};  ///< As NodeInfo names it, lower case; "" is unknown.
    std::string version{};
    std::optional<std::uint64_t> users{};
    std::optional<bool> registrations_open{};
    Personal<std::string> operator_name{};   ///< Legal entity or person; "" is unknown.
    std::string operator_source{};           ///< "admin", "declared" (by the server); "" is unknown.
    Personal<std::string> contact_name{};    ///< Of the account to turn to: in no paper that others get.
    Personal<std::string> contact{};         ///< Mail address; "" is unknown.
    std::string privacy_policy{};            ///< URI; "" is unknown.
    std::string terms{};                     ///< URI; "" is unknown.
    std::optional<Instant> known_at{};       ///< The last answer of the server itself.
    std::optional<Instant> failing_since{};  ///< Of our own requests, without a success since.
    std::string failing_how{};               ///< The last failure; "" is unknown.
    std::optional<Instant> rest_until{};  ///< It asked to be left alone until then, which is still to come.
    CountryFinding country{};
    privacy::TransferBasis basis{};
    std::optional<IfConsented> if_consented{};  ///< Absent: a consent would change nothing.
    std::vector<privacy::Day> basis_turns{};    ///< privacy::turning_days().
    RecipientMarks marks{};
    // The honour rate, of all its hosts. A person's copy counts once, with its latest verdict, whatever told
    // it.
    std::uint64_t told{};         ///< Copies that it was told to erase; was_told(). The others are of these.
    std::uint64_t gone{};         ///< Copies verified gone.
    std::uint64_t present{};      ///< Copies still present at the last look.
    std::uint64_t not_visible{};  ///< Hidden or gone: no verdict.
};

/// Whether what goes there leaves the EEA; false as well where nobody knows.
[[nodiscard]] inline bool outside_eea(const RecipientCard& card) {
    return established_in(card.country) && card.basis.kind != privacy::BasisKind::NoneNeeded;
}

/// Of how many copies it is known whether they are gone: the honour rate is `gone` of these.
template <typename Counted>
[[nodiscard]] constexpr std::uint64_t judged(const Counted& counted) {
    return counted.gone + counted.present;
}

/// As what it passes on what it gets, by what it is or by the way something went there: "relay", "bridge",
/// "community"; "" if it is not known to.
[[nodiscard]] constexpr std::string_view passes_on_as(const RecipientMarks& marks,
                                                      privacy::ChannelSet channels) {
    if (marks.relay || channels.has(privacy::Channel::Relay)) {
        return "relay";
    }
    if (marks.bridge || channels.has(privacy::Channel::Bridge)) {
        return "bridge";
    }
    return marks.community ? "community" : "";
}

/// Joins what the card says belongs together.
inline void join(privacy::JoinedHosts& joined, const RecipientCard& card) {
    for (const auto& alias : card.aliases) {
        joined.join(card.host, alias.host);
    }
}

/// The host that the recipient is named by.
[[nodiscard]] inline const Host& main_host(const RecipientCard& card) {
    for (const auto& alias : card.aliases) {
        if (alias.why == "main") {
            return alias.host;
        }
    }
    return card.host;
}

/// All hosts of the recipient, the one that it is named by first.
[[nodiscard]] inline std::vector<Host> hosts_of(const RecipientCard& card) {
    std::vector<Host> hosts{main_host(card)};
    if (hosts.front() != card.host) {
        hosts.push_back(card.host);
    }
    for (const auto& alias : card.aliases) {
        if (alias.host != hosts.front()) {
            hosts.push_back(alias.host);
        }
    }
    return hosts;
}

[[nodiscard]] constexpr std::string_view name_of(CountrySource source) {
    switch (source) {
        case CountrySource::Unknown:
            return "unknown";
        case CountrySource::HostingAddress:
            return "hosting_address";
        case CountrySource::WhoisFile:
            return "whois_file";
        case CountrySource::Imprint:
            return "imprint";
        case CountrySource::Declared:
            return "declared";
        case CountrySource::DpfList:
            return "dpf_list";
        case CountrySource::Admin:
            return "admin";
    }
    return "unknown";
}

[[nodiscard]] constexpr std::string_view name_of(Confidence confidence) {
    switch (confidence) {
        case Confidence::None:
            return "none";
        case Confidence::Low:
            return "low";
        case Confidence::Medium:
            return "medium";
        case Confidence::High:
            return "high";
    }
    return "none";
}

}  // namespace fedtrail::records
