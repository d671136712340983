#include "recipients/country_choice.hpp"

#include <map>

#include <catch2/catch.hpp>

#include "erasure/schema.hpp"
#include "recipients/policy_file.hpp"

using namespace fedtrail;
using namespace fedtrail::recipients;
using fedtrail::testing::changed;
using fedtrail::testing::policy_file;
using fedtrail::testing::schema_faults;
using records::Confidence;
using records::CountryFinding;
using records::CountrySource;

namespace {

const privacy::Day kToday{std::chrono::year{2026} / 11 / 28};

CountryFinding says(CountrySource source, const char* code, Confidence confidence = Confidence::Medium) {
    CountryFinding finding;
    finding.source = source;
    finding.confidence = confidence;
    finding.why = "seen";
    if (*code != '\0') {
        finding.country = *privacy::Country::parse(code);
    }
    return finding;
}

CountryFinding choose(const std::vector<CountryFinding>& findings) {
    return choose_country(findings, kToday);
}

class FakeCountries final : public AddressCountries {
public:
    std::map<std::string, std::string> known;
    Result<std::optional<privacy::Country>> country_of(const IpAddress& address) const override {
        for (const auto& [text, code] : known) {
            if (IpAddress::parse(text).value() == address) {
                return std::optional{*privacy::Country::parse(code)};
            }
        }
        return std::optional<privacy::Country>{};
    }
    std::string edition() const override { return "fake"; }
};

const DeliveryNetworks& networks() {
    static const auto kNetworks = DeliveryNetworks::parse(policy_file("delivery-networks.json")).value();
    return kNetworks;
}

}  // namespace

TEST_CASE("Of two findings of one kind the surer counts, else the first", "[recipients][country]") {
    const auto poor = says(CountrySource::Imprint, "NL", Confidence::Low);
    const auto sure = says(CountrySource::Imprint, "NL", Confidence::High);
    CHECK(choose({poor, sure}) == sure);
    CHECK(choose({sure, poor}) == sure);
    auto second = sure;
    second.why = "seen too";
    CHECK(choose({second, sure}) == second);
}

TEST_CASE("A registration that was looked up too long ago is a hint and says so", "[recipients][country]") {
    using namespace std::chrono;
    auto found = says(CountrySource::WhoisFile, "NZ");
    const auto on = [&](const privacy::Day& day) {
        found.found_at = Instant{sys_days{day}} + hours{13};
        return choose({found});
    };
    const auto fresh = on(year{2024} / 11 / 28);
    CHECK(fresh.confidence == Confidence::Medium);
    CHECK(fresh.why == "seen");
    CHECK_FALSE(fresh.dated);
    const auto old = on(year{2024} / 11 / 27);
    CHECK(old.country == *privacy::Country::parse("NZ"));
    CHECK(old.confidence == Confidence::Low);
    CHECK(old.why == "seen");
    CHECK(old.dated);
    CHECK(is_dated(old, kToday));
    found.source = CountrySource::Admin;  // the controller answers for it
    CHECK(on(year{2001} / 1 / 1).confidence == Confidence::Medium);
}

TEST_CASE("An old registration contradicts nobody", "[recipients][country]") {
    auto old = says(CountrySource::WhoisFile, "NZ");
    old.found_at = Instant{std::chrono::sys_days{std::chrono::year{2001} / 1 / 1}};
    const auto chosen = choose({old, says(CountrySource::Imprint, "DE")});
    CHECK(chosen.country == *privacy::Country::parse("DE"));
    CHECK(chosen.confidence == Confidence::Medium);
}

TEST_CASE("The strongest source is believed", "[recipients][country]") {
    const auto hint = says(CountrySource::HostingAddress, "FR", Confidence::Low);
    CHECK(choose({}).source == CountrySource::Unknown);
    CHECK(choose({hint}).country == *privacy::Country::parse("FR"));
    const auto imprint = choose({hint, says(CountrySource::Imprint, "DE")});
    CHECK(imprint.source == CountrySource::Imprint);
    CHECK(imprint.confidence == Confidence::Medium);
    CHECK(choose({says(CountrySource::Admin, "AT", Confidence::High), says(CountrySource::Imprint, "DE")})
              .source == CountrySource::Admin);
    CHECK(choose({says(CountrySource::Imprint, ""), hint}).source == CountrySource::HostingAddress);
}

TEST_CASE("Sources that contradict each other leave a hint, and a settled answer stands",
          "[recipients][country]") {
    const auto doubted = choose({says(CountrySource::Imprint, "DE"), says(CountrySource::WhoisFile, "US")});
    CHECK(doubted.country == *privacy::Country::parse("DE"));
    CHECK(doubted.confidence == Confidence::Low);
    CHECK(doubted.why == "seen");
    CHECK(doubted.against == records::OtherCountry{CountrySource::WhoisFile, *privacy::Country::parse("US")});
    CHECK(choose({says(CountrySource::Imprint, "DE"), says(CountrySource::WhoisFile, "DE")}).confidence ==
          Confidence::Medium);
    for (const auto source : {CountrySource::Admin, CountrySource::DpfList}) {
        CHECK(choose({says(source, "US", Confidence::High), says(CountrySource::Imprint, "DE")}).confidence ==
              Confidence::High);
    }
}

TEST_CASE("What a server says of itself is a code or a name", "[recipients][country]") {
    ImprintWords words;
    words.countries.emplace("deutschland", *privacy::Country::parse("DE"));
    words.countries.emplace("česko", *privacy::Country::parse("CZ"));
    CHECK(declared_country("Česko", {}, words).country == *privacy::Country::parse("CZ"));
    CHECK(declared_country("de", {}, words).country == *privacy::Country::parse("DE"));
    CHECK(declared_country("Deutschland", {}, words).source == CountrySource::Declared);
    CHECK(declared_country("Mars", {}, words) == CountryFinding{});
    CHECK(declared_country("", {}, words) == CountryFinding{});
}

TEST_CASE("The networks are as their schema asks", "[recipients][country]") {
    const auto json = policy_file("delivery-networks.json");
    CHECK(schema_faults("delivery-networks.schema.json", json).empty());
    CHECK_FALSE(DeliveryNetworks::parse(changed(json, "173.245.48.0/20", "173.245.48.0/33")));
    CHECK(networks().holding(*IpAddress::parse("104.16.3.4")) == "Cloudflare");
    CHECK(networks().holding(*IpAddress::parse("2606:4700::1")) == "Cloudflare");
    CHECK(networks().holding(*IpAddress::parse("151.101.1.1")) == "Fastly");
    CHECK(networks().holding(*IpAddress::parse("23.215.0.1")) == "Akamai");
    CHECK(networks().holding(*IpAddress::parse("2a02:26f0::1")) == "Akamai");
    CHECK(networks().holding(*IpAddress::parse("172.232.0.1")).empty());  // Linode's: rented machines
    CHECK(networks().holding(*IpAddress::parse("45.60.1.1")) == "Imperva");
    CHECK(networks().holding(*IpAddress::parse("192.88.134.9")) == "Sucuri");
    CHECK(networks().holding(*IpAddress::parse("9.9.9.9")).empty());
}

TEST_CASE("An address hints at a country, a delivery network's at none", "[recipients][country]") {
    FakeCountries countries;
    countries.known = {{"9.9.9.9", "CH"}, {"8.8.8.8", "US"}, {"104.16.3.4", "US"}, {"10.0.0.1", "DE"}};
    const auto hint = [&](const std::vector<std::string>& addresses) {
        return address_hint(addresses, {}, networks(), &countries).value();
    };
    CHECK(hint({"9.9.9.9"}).finding.country == *privacy::Country::parse("CH"));
    CHECK(hint({"9.9.9.9"}).finding.confidence == Confidence::Low);
    CHECK_FALSE(hint({"9.9.9.9", "8.8.8.8"}).finding.country);
    CHECK_FALSE(hint({"9.9.9.9", "104.16.3.4"}).finding.country);
    CHECK(hint({"9.9.9.9", "104.16.3.4"}).delivery == "Cloudflare");
    CHECK_FALSE(hint({"10.0.0.1"}).finding.country);
    CHECK_FALSE(hint({"nonsense"}).finding.country);
    CHECK_FALSE(hint({}).finding.country);
    const std::vector<std::string> one{"9.9.9.9"};
    CHECK_FALSE(address_hint(one, {}, networks(), nullptr)->finding.country);
}
