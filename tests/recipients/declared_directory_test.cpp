#include "recipients/declared_directory.hpp"

#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch.hpp>

#include "fakes/declaration_book.hpp"
#include "fakes/recipient_directory.hpp"
#include "host.hpp"
#include "recipients/declare.hpp"

using namespace fedtrail;
using fedtrail::recipients::DeclaredDirectory;
using fedtrail::recipients::DeclareOrder;
using fedtrail::recipients::WantedWord;
using fedtrail::testing::FakeDeclarationBook;
using fedtrail::testing::FakeRecipientDirectory;
using fedtrail::testing::host;

namespace {

struct DeclaredTown {
    FakeRecipientDirectory known;
    FakeDeclarationBook declarations;
    DeclaredDirectory declared{known, declarations};

    void say(std::string_view name, std::vector<WantedWord> words) {
        const std::vector<DeclareOrder> orders{{host(name), std::move(words), "cli", "seen"}};
        REQUIRE(recipients::declare(declarations, orders, {}, {}));
    }
    void hear(std::string_view name, const std::string& contact) {
        REQUIRE(known.update(host(name), [&](RecipientEntry& entry) {
            entry.contact = Personal<std::string>{contact};
            entry.contact_source = "nodeinfo";
        }));
    }
};

}  // namespace

TEST_CASE("What the controller declared stands before what a server says",
          "[recipients][declared_directory]") {
    DeclaredTown town;
    town.hear("a.example", "theirs@a.example");
    town.hear("b.example", "theirs@b.example");
    town.say("a.example", {{"contact", "ours@a.example"}, {"relay", "yes"}, {"bridge", "yes"}});
    const std::vector hosts{host("b.example"), host("a.example"), host("c.example")};
    const auto entries = *town.declared.entries(hosts);
    REQUIRE(entries.size() == 3);
    CHECK(entries[0].contact.reveal() == "theirs@b.example");
    CHECK(entries[0].contact_source == "nodeinfo");
    CHECK_FALSE(entries[0].relay);
    CHECK(entries[1].contact.reveal() == "ours@a.example");
    CHECK(entries[1].contact_source == "admin");
    CHECK(entries[1].relay);
    CHECK(entries[1].bridge);
    CHECK(entries[2].contact.reveal().empty());

    town.say("a.example", {{"contact", ""}, {"relay", "no"}});
    REQUIRE(town.known.update(host("a.example"), [](RecipientEntry& entry) { entry.relay = true; }));
    CHECK(town.declared.entry(host("a.example"))->contact.reveal() == "theirs@a.example");
    CHECK_FALSE(town.declared.entry(host("a.example"))->relay);
}

TEST_CASE("What is declared of a recipient stands for each of its hosts, whichever it was said of",
          "[recipients][declared_directory]") {
    DeclaredTown town;
    town.known.join_to(host("peer.example"), host("www.peer.example"));
    town.known.join_to(host("peer.example"), host("old.example"));
    town.say("peer.example", {{"contact", "ops@peer.example"}, {"relay", "yes"}});
    town.say("old.example", {{"contact", "old@old.example"}, {"bridge", "yes"}});  // at the same time
    const std::vector hosts{host("www.peer.example"), host("peer.example"), host("old.example")};
    const auto entries = *town.declared.entries(hosts);
    CHECK(entries[0].contact.reveal() == "ops@peer.example");
    CHECK(entries[1].contact.reveal() == "ops@peer.example");
    CHECK(entries[2].contact.reveal() == "ops@peer.example");
    for (const auto& entry : entries) {
        CAPTURE(entry.host.text());
        CHECK(entry.relay);
        CHECK(entry.bridge);
    }
    CHECK(town.declared.entry(host("peer.example"))->bridge);  // asked about alone
}

TEST_CASE("What is written changes nothing but what servers say", "[recipients][declared_directory]") {
    DeclaredTown town;
    town.say("a.example", {{"contact", "ours@a.example"}});
    const auto note = [](RecipientEntry& entry) { entry.software = "snac"; };
    REQUIRE(town.declared.update(host("a.example"), note));
    const std::vector<RecipientChange> more{{host("b.example"), note}};
    REQUIRE(town.declared.update_all(more));
    CHECK(town.known.entry(host("a.example"))->software == "snac");
    CHECK(town.known.entry(host("a.example"))->contact.reveal().empty());
    CHECK(town.known.entry(host("b.example"))->software == "snac");
}

TEST_CASE("Declarations that cannot be read are no empty ones", "[recipients][declared_directory]") {
    DeclaredTown town;
    town.declarations.down = true;
    CHECK(town.declared.entry(host("a.example")).error().kind == ErrorKind::Unavailable);
}
