/// Software that a card has by the host alone, because nobody may ask.

#include <memory>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "fakes/declaration_book.hpp"
#include "fakes/finding_books.hpp"
#include "fakes/recipient_directory.hpp"
#include "fakes/stopped_clock.hpp"
#include "host.hpp"
#include "recipients/policy_file.hpp"
#include "recipients/register.hpp"

using namespace fedtrail;
using namespace fedtrail::recipients;
using fedtrail::testing::host;
using fedtrail::testing::policy_file;

namespace {

struct AskedRegister {
    testing::FakeRecipientDirectory directory;
    testing::FakeDeclarationBook declarations;
    testing::FakeFindings findings;
    testing::StoppedClock clock;
    Register cards{{directory, declarations, findings, findings, clock},
                   std::make_shared<const RegisterPolicies>(
                       RegisterPolicies{*parse_adequacy(policy_file("adequacy.json")),
                                        *privacy::Country::parse("NL"),
                                        {},
                                        {},
                                        {},
                                        std::make_shared<const fediverse::Dialects>(
                                            *fediverse::Dialects::parse(policy_file("dialects.json")))})};

    [[nodiscard]] std::string software_at(std::string_view name) const {
        const std::vector hosts{host(name)};
        return cards.cards(hosts, privacy::Day{std::chrono::year{2026} / 11 / 22}).value().at(0).software;
    }
};

}  // namespace

TEST_CASE("A card names the software that is known by its host alone", "[recipients][register][hosts]") {
    AskedRegister reg;
    CHECK(reg.software_at("threads.net") == "threads");
    CHECK(reg.software_at("www.threads.net") == "threads");
    CHECK(reg.software_at("notthreads.net").empty());
    SECTION("by another host of the recipient as well") {
        REQUIRE(reg.directory.update(host("meta.example"), [](RecipientEntry& entry) {
            entry.aliases = {{host("threads.net"), "webfinger"}};
        }));
        CHECK(reg.software_at("meta.example") == "threads");
    }
    SECTION("and what the server says of itself counts for more") {
        REQUIRE(reg.directory.update(host("threads.net"),
                                     [](RecipientEntry& entry) { entry.software = "mastodon"; }));
        CHECK(reg.software_at("threads.net") == "mastodon");
    }
}
