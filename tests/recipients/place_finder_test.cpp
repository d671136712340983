#include "recipients/place_finder.hpp"

#include <map>
#include <optional>

#include <catch2/catch.hpp>

#include "fakes/finding_books.hpp"
#include "recipients/here_and_now.hpp"
#include "recipients/policy_file.hpp"

using namespace fedtrail;
using namespace fedtrail::recipients;
using fedtrail::testing::FakeFindings;
using fedtrail::testing::kHost;
using fedtrail::testing::kNow;
using fedtrail::testing::policy_file;
using records::CountrySource;
using records::PolicyKind;

namespace {

/// Keeps every text that is not the one before.
class FakeArchive final : public PolicyArchive {
public:
    std::vector<std::pair<records::PolicyVersion, std::string>> kept;
    bool down{};
    std::optional<Host> damaged;  ///< Whose texts cannot be read.

    Result<std::vector<records::PolicyVersion>> versions(const Host& host) const override {
        std::vector<records::PolicyVersion> all;
        for (const auto& [version, text] : kept) {
            if (version.host == host) {
                all.push_back(version);
            }
        }
        return all;
    }
    Result<Personal<std::string>> text(const records::PolicyVersion& version) const override {
        if (version.host == damaged) {
            return fail(ErrorKind::Corrupt, "this text is damaged");
        }
        for (const auto& [known, text] : kept) {
            if (known == version) {
                return Personal{text};
            }
        }
        return fail(ErrorKind::NotFound, "no such text");
    }
    Result<std::vector<PolicyKept>> keep(std::span<const ReadPolicy> texts) override {
        if (down) {
            return fail(ErrorKind::Unavailable, "the archive is down");
        }
        std::vector<PolicyKept> answers;
        for (const auto& read : texts) {
            const auto same = std::find_if(kept.rbegin(), kept.rend(), [&](const auto& one) {
                return one.first.host == read.host && one.first.kind == read.kind;
            });
            if (same != kept.rend() && same->second == read.text.reveal()) {
                answers.push_back(PolicyKept::Unchanged);
                continue;
            }
            answers.push_back(same == kept.rend() ? PolicyKept::First : PolicyKept::Changed);
            records::PolicyVersion version;
            version.host = read.host;
            version.kind = read.kind;
            version.number = static_cast<std::uint32_t>(kept.size() + 1);
            version.last_seen = read.at;
            kept.emplace_back(version, read.text.reveal());
        }
        return answers;
    }
};

struct ReadingRoom {
    FakeArchive archive;
    FakeFindings findings;
    std::shared_ptr<const ImprintWords> words{std::make_shared<const ImprintWords>(
        parse_imprint_words(policy_file("imprint.json"), std::vector{policy_file("texts/en/countries.json")})
            .value())};
    PlaceFinder finder{archive, findings, [this] { return words; }};

    void read(PolicyKind kind, const std::string& text) {
        ReadPolicy policy;
        policy.host = kHost;
        policy.kind = kind;
        policy.text = Personal{text};
        policy.at = kNow;
        REQUIRE(finder.keep(std::vector{policy}));
    }
    std::string country() {
        const auto& finding = findings.countries[kHost][CountrySource::Imprint];
        return finding.country ? std::string{finding.country->code()} : "-";
    }
};

}  // namespace

TEST_CASE("A new text is read for the country, and a later one again", "[recipients][imprint]") {
    ReadingRoom room;
    room.read(PolicyKind::Imprint, "Imprint\nMain Street 1\n10115 Berlin\nGermany");
    CHECK(room.country() == "DE");
    CHECK(room.findings.countries[kHost][CountrySource::Imprint].found_at == kNow);
    room.read(PolicyKind::Imprint, "Imprint\nRue Neuve 1\n1000 Brussels\nBelgium");
    CHECK(room.country() == "BE");
    room.read(PolicyKind::Imprint, "Gone");
    CHECK(room.country() == "-");
}

TEST_CASE("A text that is as it was is not read again", "[recipients][imprint]") {
    ReadingRoom room;
    room.read(PolicyKind::Imprint, "Imprint\n10115 Berlin\nGermany");
    room.findings.countries.clear();
    room.read(PolicyKind::Imprint, "Imprint\n10115 Berlin\nGermany");
    CHECK(room.findings.countries.empty());
}

TEST_CASE("A text whose country could not be kept is read once more, though the archive has it",
          "[recipients][imprint]") {
    ReadingRoom room;
    ReadPolicy policy;
    policy.host = kHost;
    policy.kind = PolicyKind::Imprint;
    policy.text = Personal<std::string>{"Imprint\n10115 Berlin\nGermany"};
    policy.at = kNow;
    room.findings.down = true;
    REQUIRE_FALSE(room.finder.keep(std::vector{policy}));
    room.findings.down = false;
    REQUIRE(room.finder.keep(std::vector{policy}));
    CHECK(room.country() == "DE");
}

TEST_CASE("A text that is damaged holds up no other's country", "[recipients][imprint]") {
    ReadingRoom room;
    const auto policy_of = [](const Host& host) {
        ReadPolicy policy;
        policy.host = host;
        policy.kind = PolicyKind::Imprint;
        policy.text = Personal<std::string>{"Imprint\n10115 Berlin\nGermany"};
        policy.at = kNow;
        return policy;
    };
    room.archive.damaged = *Host::parse("0.example");
    const auto kept = room.finder.keep(std::vector{policy_of(*room.archive.damaged), policy_of(kHost)});
    REQUIRE_FALSE(kept);
    CHECK(kept.error().kind == ErrorKind::Corrupt);
    CHECK(room.country() == "DE");
    room.read(PolicyKind::Imprint, "Imprint\nRue Neuve 1\n1000 Brussels\nBelgium");
    CHECK(room.country() == "BE");
}

TEST_CASE("Texts of one server that name two countries place nobody", "[recipients][imprint]") {
    ReadingRoom room;
    room.read(PolicyKind::Imprint, "Imprint\n10115 Berlin\nGermany");
    room.read(PolicyKind::Privacy, "The controller is\n10115 Berlin\nGermany");
    CHECK(room.country() == "DE");
    room.read(PolicyKind::Privacy, "The controller is\n1000 Brussels\nBelgium");
    CHECK(room.country() == "-");
}

TEST_CASE("What the archive does not keep is no finding", "[recipients][imprint]") {
    ReadingRoom room;
    room.archive.down = true;
    CHECK_FALSE(room.finder.keep(std::vector<ReadPolicy>(1)));
    CHECK(room.findings.countries.empty());
}
