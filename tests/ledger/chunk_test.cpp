#include "fedtrail/ledger/chunk.hpp"

#include <algorithm>
#include <random>

#include <catch2/catch.hpp>

using namespace fedtrail::ledger;  // NOLINT(google-build-using-namespace): a test of one room

namespace {

constexpr OutcomeCode kAccepted = 0x0401'00CAU;
constexpr OutcomeCode kAlsoAccepted = 0x0401'00C8U;
constexpr OutcomeCode kUnreachable = 0x0005'0000U;
constexpr OutcomeCode kServerError = 0x0303'01F4U;
constexpr OutcomeCode kNeverBefore = 0x0303'01F7U;  // no History has it

/// A user's history: a slowly changing roster, random failures and retries, mentions, direct messages,
/// updates.
class History {
public:
    explicit History(std::uint64_t seed, std::uint32_t followers) : random_(seed) {
        for (std::uint32_t i = 0; i < followers; ++i) {
            roster_.push_back(pick(30'000));
        }
    }

    ActivityEntry next(std::uint32_t number) {
        ActivityEntry entry;
        at_ += pick(20'000);
        entry.head.at = at_;
        entry.head.type = pick(4);
        entry.head.categories = static_cast<std::uint16_t>(pick(9));
        entry.head.visibility = static_cast<std::uint8_t>(pick(4));
        const auto post = static_cast<std::uint64_t>(at_) * 1000U << 16U | pick(1U << 26U);
        entry.head.id = UriCode{1, {post}, ""};
        if (number > 3 && pick(20) == 0) {
            entry.head.refers = pick(number);
        } else {
            entry.head.object = pick(10) == 0 ? UriCode{3, {}, "9xk2abcd01"} : UriCode{2, {post}, ""};
        }
        if (pick(30) != 0) {
            for (const auto recipient : roster_) {
                attempt(entry, recipient);
            }
            churn();
        }
        for (auto extra = pick(3); extra > 0; --extra) {
            attempt(entry, pick(30'000));
        }
        std::sort(entry.attempts.begin(), entry.attempts.end());
        entry.attempts.erase(std::unique(entry.attempts.begin(), entry.attempts.end()), entry.attempts.end());
        entry.holders = holders_of(entry.attempts);
        return entry;
    }

    std::uint32_t pick(std::uint32_t below) { return static_cast<std::uint32_t>(random_() % below); }

private:
    void attempt(ActivityEntry& entry, std::uint32_t recipient) {
        auto offset = static_cast<std::int32_t>(pick(30)) - 1;
        if (pick(20) == 0) {
            entry.attempts.push_back(Attempt{recipient, offset, pick(2) == 0 ? kUnreachable : kServerError});
            for (int retry = 0; pick(3) != 0 && retry < 4; ++retry) {
                offset += static_cast<std::int32_t>(15 + pick(100));
                entry.attempts.push_back(Attempt{recipient, offset, kServerError});
            }
            offset += 20;
        }
        if (pick(100) != 0) {
            entry.attempts.push_back(
                Attempt{recipient, offset, recipient % 3 == 0 ? kAlsoAccepted : kAccepted});
        }
    }

    void churn() {
        if (pick(5) == 0) {
            roster_.push_back(pick(30'000));
        }
        if (pick(8) == 0 && !roster_.empty()) {
            roster_.erase(roster_.begin() + pick(static_cast<std::uint32_t>(roster_.size())));
        }
    }

    std::mt19937_64 random_;
    std::int64_t at_{1'700'000'000};
    std::vector<std::uint32_t> roster_;
};

Chunk some_chunk(std::uint64_t seed,
                 std::uint32_t followers,
                 std::size_t activities,
                 std::uint32_t first = 0) {
    History history{seed, followers};
    Chunk chunk;
    chunk.first_activity = first;
    for (std::uint32_t i = 0; i < activities; ++i) {
        chunk.activities.push_back(history.next(first + i));
    }
    return chunk;
}

}  // namespace

TEST_CASE("A chunk comes back as it went in", "[ledger][chunk]") {
    for (std::uint64_t seed = 0; seed < 60; ++seed) {
        const auto followers = static_cast<std::uint32_t>(seed * seed % 700);
        auto chunk =
            some_chunk(seed, followers, seed % 2 == 0 ? 128 : seed, static_cast<std::uint32_t>(seed * 128));
        if (seed % 3 == 0) {
            chunk.late = {LateAttempt{3, 77, 1'700'000'500, kAccepted},
                          LateAttempt{0, 1, 1'800'000'000, kServerError}};
        }
        const auto encoded = encode_chunk(chunk);
        CAPTURE(seed);
        REQUIRE(encoded.activities == chunk.activities.size());
        const auto whole = decode_chunk(encoded.facts, encoded.times);
        REQUIRE(whole);
        REQUIRE(*whole == chunk);
        const auto facts = decode_facts(encoded.facts);
        REQUIRE(facts);
        for (std::size_t i = 0; i < chunk.activities.size(); ++i) {
            REQUIRE(facts->activities[i].holders == chunk.activities[i].holders);
        }
    }
}

TEST_CASE("Heads and chosen holders are those of the whole chunk", "[ledger][chunk]") {
    for (std::uint64_t seed = 0; seed < 30; ++seed) {
        auto chunk = some_chunk(seed, static_cast<std::uint32_t>(seed * 20), 1 + seed * 4, 77);
        chunk.late = {LateAttempt{3, 77, 1'700'000'500, kAccepted}};
        const auto encoded = encode_chunk(chunk);
        const auto heads = decode_heads(encoded.facts);
        CAPTURE(seed);
        REQUIRE(heads);
        REQUIRE(heads->activities.size() == chunk.activities.size());
        CHECK(heads->first_activity == 77);
        CHECK(heads->late == chunk.late);
        std::vector<std::size_t> wanted;
        for (std::size_t i = 0; i < chunk.activities.size(); ++i) {
            REQUIRE(heads->activities[i].head == chunk.activities[i].head);
            REQUIRE(heads->activities[i].holders.empty());
            if ((i * 7 + seed) % 5 == 0) {
                wanted.push_back(i);
            }
        }
        const auto holders = decode_holders(encoded.facts, wanted);
        REQUIRE(holders);
        for (std::size_t i = 0; i < wanted.size(); ++i) {
            REQUIRE((*holders)[i] == chunk.activities[wanted[i]].holders);
        }
        CHECK_FALSE(decode_holders(encoded.facts, {chunk.activities.size()}));
    }
}

TEST_CASE("A steady roster costs next to nothing", "[ledger][chunk]") {
    Chunk chunk;
    for (std::uint32_t i = 0; i < 128; ++i) {
        ActivityEntry entry;
        entry.head.at = 1'700'000'000 + i * 3600;
        for (std::uint32_t recipient = 0; recipient < 3000; ++recipient) {
            entry.attempts.push_back(Attempt{recipient * 7, 0, kAccepted});
        }
        chunk.activities.push_back(std::move(entry));
    }
    CHECK(encode_chunk(chunk).facts.size() < 3000 * 2 + 128 * 20);
}

TEST_CASE("A chunk takes 128 activities and no more", "[ledger][chunk]") {
    const auto chunk = some_chunk(1, 5, 200);
    const auto encoded = encode_chunk(chunk);
    CHECK(encoded.activities == kChunkActivities);
    CHECK(encoded.full);
    CHECK_FALSE(encode_chunk(some_chunk(1, 5, 127)).full);
}

TEST_CASE("Where a chunk ends depends on its activities, not on how many are at hand", "[ledger][chunk]") {
    History coin{4, 0};
    Chunk chunk;
    for (int i = 0; i < 40; ++i) {
        ActivityEntry entry;
        for (std::uint32_t recipient = 0; recipient < 6000; ++recipient) {
            if (coin.pick(2) == 0) {
                entry.attempts.push_back(Attempt{recipient, 0, kAccepted});
            }
        }
        chunk.activities.push_back(std::move(entry));
    }
    chunk.activities.back().attempts = {Attempt{1, 0, kNeverBefore}};
    const auto all = encode_chunk(chunk);
    REQUIRE(all.activities < 40);
    REQUIRE(all.full);
    auto shorter = chunk;
    shorter.activities.resize(all.activities);
    const auto exact = encode_chunk(shorter);
    CHECK(exact.full);
    CHECK(decode_facts(exact.facts)->activities.size() == all.activities);
    CHECK(exact.facts == all.facts);
    shorter.activities.pop_back();
    CHECK_FALSE(encode_chunk(shorter).full);
}

TEST_CASE("A chunk has the same bytes however many activities stand behind it", "[ledger][chunk]") {
    auto chunk = some_chunk(3, 40, 300);
    chunk.activities.back().attempts = {Attempt{1, 0, kNeverBefore}};
    const auto all = encode_chunk(chunk);
    REQUIRE(all.activities == kChunkActivities);
    chunk.activities.resize(kChunkActivities);
    const auto exact = encode_chunk(chunk);
    CHECK(exact.facts == all.facts);
    CHECK(exact.times == all.times);
}

TEST_CASE("The surest attempt speaks for a recipient", "[ledger][chunk]") {
    CHECK(holders_of({Attempt{1, 0, kUnreachable},
                      Attempt{1, 20, kAccepted},
                      Attempt{1, 40, kServerError},
                      Attempt{2, 0, kUnreachable}}) ==
          std::vector<HolderFact>{HolderFact{1, kAccepted}, HolderFact{2, kUnreachable}});
}

TEST_CASE("A chunk cut short or scrambled is refused or read, never crashes", "[ledger][chunk]") {
    const auto encoded = encode_chunk(some_chunk(5, 40, 30));
    for (std::size_t size = 0; size < encoded.facts.size(); ++size) {
        CHECK_FALSE(decode_facts(fedtrail::ByteView{encoded.facts}.first(size)));
    }
    for (std::size_t i = 0; i < encoded.facts.size(); ++i) {
        for (const auto mask : {std::byte{0x01}, std::byte{0x80}, std::byte{0xFF}}) {
            auto scrambled = encoded.facts;
            scrambled[i] ^= mask;
            const auto read = decode_chunk(scrambled, encoded.times);
            const auto holders = decode_holders(scrambled, {0, 29});
            CHECK((holders || holders.error().kind == fedtrail::ErrorKind::Corrupt));
            CHECK((decode_heads(scrambled) || !read));
            CHECK((read || read.error().kind == fedtrail::ErrorKind::Corrupt));
        }
    }
    CHECK_FALSE(decode_chunk(encoded.facts, {}));
}
