#include "recipients/country_choice.hpp"

#include <algorithm>
#include <functional>
#include <tuple>
#include <utility>
#include <vector>

#include "recipients/address_line.hpp"
#include "recipients/sentences.hpp"

namespace fedtrail::recipients {

namespace {

using records::Confidence;
using records::CountryFinding;
using records::CountrySource;

/// The controller answers for these.
bool is_settled(CountrySource source) {
    return source == CountrySource::Admin || source == CountrySource::DpfList;
}

}  // namespace

bool is_dated(const CountryFinding& finding, const privacy::Day& today) {
    if (finding.source != CountrySource::WhoisFile || !finding.country || !finding.found_at) {
        return false;
    }
    const auto last = day_of(*finding.found_at) + kRegistrationHolds;
    return (last.ok() ? last : privacy::Day{last.year() / last.month() / std::chrono::last}) < today;
}

CountryFinding choose_country(std::span<const CountryFinding> all, const privacy::Day& today) {
    std::vector<CountryFinding> findings{all.begin(), all.end()};
    for (auto& finding : findings) {
        if (is_dated(finding, today)) {
            finding.confidence = Confidence::Low;
            finding.dated = true;
        }
    }
    const CountryFinding* best = nullptr;
    for (const auto& finding : findings) {
        if (finding.country && (best == nullptr || std::tie(finding.source, finding.confidence) >
                                                       std::tie(best->source, best->confidence))) {
            best = &finding;
        }
    }
    if (best == nullptr) {
        return {};
    }
    auto chosen = *best;
    const auto against = std::find_if(findings.begin(), findings.end(), [&](const CountryFinding& other) {
        return other.country && other.country != chosen.country && other.confidence > Confidence::Low;
    });
    if (against != findings.end() && !is_settled(chosen.source)) {
        chosen.confidence = Confidence::Low;
        chosen.against = records::OtherCountry{against->source, *against->country};
    }
    return chosen;
}

CountryFinding declared_country(const std::string& text,
                                std::optional<Instant> known_at,
                                const ImprintWords& words) {
    CountryFinding finding;
    const auto code = privacy::Country::parse(text);
    const auto name = words.countries.find(lower_latin(text));
    if (code) {
        finding.country = *code;
    } else if (name != words.countries.end()) {
        finding.country = name->second;
    }
    if (finding.country) {
        finding.source = CountrySource::Declared;
        finding.confidence = Confidence::Medium;
        finding.found_at = known_at;
    }
    return finding;
}

Result<AddressHint> address_hint(std::span<const std::string> addresses,
                                 std::optional<Instant> known_at,
                                 const DeliveryNetworks& networks,
                                 const AddressCountries* countries) {
    AddressHint hint;
    std::vector<privacy::Country> seen;
    for (const auto& text : addresses) {
        const auto address = IpAddress::parse(text);
        if (!address) {
            continue;
        }
        if (const auto network = networks.holding(*address); !network.empty()) {
            hint.delivery = network;
            return hint;
        }
        if (countries == nullptr || !address->is_public()) {
            continue;
        }
        const auto country = countries->country_of(*address);
        if (!country) {
            return fail(country);
        }
        if (*country) {
            seen.push_back(**country);
        }
    }
    const bool agree = std::adjacent_find(seen.begin(), seen.end(), std::not_equal_to<>{}) == seen.end();
    if (!seen.empty() && agree) {
        hint.finding = {seen.front(), CountrySource::HostingAddress, Confidence::Low, known_at};
    }
    return hint;
}

}  // namespace fedtrail::recipients
