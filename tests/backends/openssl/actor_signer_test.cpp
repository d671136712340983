#include "backends/openssl/actor_signer.hpp"

#include <atomic>
#include <map>
#include <thread>

#include <catch2/catch.hpp>

#include "backends/openssl/made_keys.hpp"
#include "backends/openssl/published_keys.hpp"
#include "fakes/stopped_clock.hpp"

using namespace fedtrail;
using namespace fedtrail::testing;
using fedtrail::openssl::ActorSigner;
using fedtrail::privacy::SubjectNumber;

namespace {

using std::chrono::seconds;

FoundKey rsa_key() {
    return {"https://o.example/users/alice#main-key", Secret{std::string{kRfc9421Rsa}}};
}
FoundKey ed_key() {
    return {"https://o.example/users/alice#ed25519-key", Secret{std::string{kRfc9421Ed25519}}};
}
FoundKey no_key() {
    return {"https://o.example/users/alice#main-key", Secret{"not a key"}};
}
const Error source_is_down{ErrorKind::Unavailable, "the source is down", "start it"};

class MemorySafe final : public KeySafe {
public:
    Result<void> keep(SubjectNumber subject, const FoundKey& key) override {
        if (broken) {
            return tl::unexpected{source_is_down};
        }
        keys[subject.get()].push_back(key);
        return {};
    }
    Result<std::vector<FoundKey>> kept(SubjectNumber subject) const override {
        ++asked;
        if (broken) {
            return tl::unexpected{source_is_down};
        }
        const auto found = keys.find(subject.get());
        return found == keys.end() ? std::vector<FoundKey>{} : found->second;
    }
    Result<std::vector<SubjectNumber>> holders(SubjectNumber, std::size_t) const override {
        return std::vector<SubjectNumber>{};
    }
    Result<void> drop(SubjectNumber subject) override {
        keys.erase(subject.get());
        return {};
    }
    std::map<std::uint64_t, std::vector<FoundKey>> keys;
    bool broken{};
    mutable int asked{};
};

class SpokenSource final : public KeySource {
public:
    explicit SpokenSource(Result<std::vector<FoundKey>> given) : answer(std::move(given)) {}
    Result<std::vector<FoundKey>> find(const Uri& actor) const override {
        ++asked;
        last = actor.text();
        return answer;
    }
    std::string name() const override { return "a spoken source"; }
    Result<std::string> check() const override { return std::string{"speaks"}; }
    Result<std::vector<FoundKey>> answer;
    mutable int asked{};
    mutable std::string last;
};

class OnePersonVault final : public SubjectVault {
public:
    Result<SubjectNumber> enrol(const Uri&, std::string_view) override { return SubjectNumber{7}; }
    Result<SubjectNumber> find(std::string_view) const override { return SubjectNumber{7}; }
    Result<SubjectIdentity> identity(SubjectNumber number) const override {
        if (number != SubjectNumber{7}) {
            return fail(ErrorKind::NotFound, "the vault knows no such person");
        }
        return SubjectIdentity{number,
                               *Host::parse("o.example"),
                               Personal<std::string>{"https://o.example/users/alice"},
                               Personal<std::string>{"alice@o.example"}};
    }
    Result<std::vector<SubjectNumber>> list(SubjectNumber, std::size_t) const override {
        return std::vector<SubjectNumber>{};
    }
};

struct House {
    MemorySafe safe;
    OnePersonVault vault;
    StoppedClock clock;

    ActorSigner signer(std::vector<const KeySource*> sources, ActorSigner::Options options = {}) {
        return ActorSigner{safe, std::move(sources), vault, clock, options};
    }
};

constexpr SubjectNumber kAlice{7};

}  // namespace

TEST_CASE("A key of the safe is used before any source is asked") {
    House house;
    house.safe.keys[7] = {rsa_key()};
    const SpokenSource source{std::vector{ed_key()}};
    auto signer = house.signer({&source});
    const auto keys = signer.keys_of(kAlice);
    REQUIRE(keys);
    REQUIRE(keys->size() == 1);
    CHECK(keys->front().key_id == "https://o.example/users/alice#main-key");
    CHECK(keys->front().algorithm == KeyAlgorithm::Rsa);
    CHECK(keys->front().public_key == kRfc9421RsaPublic);
    CHECK(source.asked == 0);
}

TEST_CASE("What a source has is put into the safe, RSA is named first, and later sources are not asked") {
    House house;
    const SpokenSource empty{std::vector<FoundKey>{}};
    const SpokenSource full{std::vector{ed_key(), rsa_key()}};
    const SpokenSource later{std::vector{rsa_key()}};
    auto signer = house.signer({&empty, &full, &later});
    const auto keys = signer.keys_of(kAlice);
    REQUIRE(keys);
    REQUIRE(keys->size() == 2);
    CHECK((*keys)[0].algorithm == KeyAlgorithm::Rsa);
    CHECK((*keys)[1].algorithm == KeyAlgorithm::Ed25519);
    CHECK(house.safe.keys[7].size() == 2);
    CHECK(full.last == "https://o.example/users/alice");
    CHECK(empty.asked == 1);
    CHECK(later.asked == 0);
}

TEST_CASE("A person can still be signed for when the server has dropped the account") {
    House house;
    SpokenSource source{std::vector{rsa_key()}};
    const auto before = house.signer({&source}).sign(kAlice, KeyAlgorithm::Rsa, bytes_of("m"));
    source.answer = std::vector<FoundKey>{};
    const auto after = house.signer({&source}).sign(kAlice, KeyAlgorithm::Rsa, bytes_of("m"));
    REQUIRE(before);
    REQUIRE(after);
    CHECK(*before == *after);
    CHECK(source.asked == 1);
}

TEST_CASE("Without a key anywhere the answer says who was asked and where keys come from") {
    House house;
    const SpokenSource source{std::vector<FoundKey>{}};
    auto signer = house.signer({&source});
    const auto keys = signer.keys_of(kAlice);
    REQUIRE_FALSE(keys);
    CHECK(keys.error().kind == ErrorKind::NotFound);
    CHECK_THAT(keys.error().what, Catch::Contains("a spoken source") && !Catch::Contains("alice"));
    CHECK_THAT(
        keys.error().remedy,
        Catch::Contains("PEM") && Catch::Contains("database") && Catch::Contains("fedtrail keys import"));
    CHECK(signer.sign(kAlice, KeyAlgorithm::Rsa, {}).error().kind == ErrorKind::NotFound);
    CHECK(signer.keys_of(SubjectNumber{8}).error().kind == ErrorKind::NotFound);
}

TEST_CASE("A source that is down is an error only if no other source has a key") {
    House house;
    const SpokenSource down{tl::unexpected{source_is_down}};
    const SpokenSource empty{std::vector<FoundKey>{}};
    CHECK(house.signer({&down, &empty}).keys_of(kAlice).error().kind == ErrorKind::Unavailable);
    const SpokenSource full{std::vector{rsa_key()}};
    CHECK(house.signer({&down, &full}).keys_of(kAlice));
}

TEST_CASE("What a source has and is no key is neither used nor kept, and its source is named") {
    House house;
    const SpokenSource broken{std::vector{no_key()}};
    const auto keys = house.signer({&broken}).keys_of(kAlice);
    REQUIRE_FALSE(keys);
    CHECK(keys.error().kind == ErrorKind::Invalid);
    CHECK_THAT(keys.error().what, Catch::StartsWith("a spoken source: "));
    CHECK(house.safe.keys.empty());
    const SpokenSource mixed{std::vector{no_key(), ed_key()}};
    CHECK(house.signer({&mixed}).keys_of(kAlice)->size() == 1);
    CHECK(house.safe.keys[7].size() == 1);
}

TEST_CASE("A key that cannot be kept is not used, and a damaged one in the safe is told as such") {
    House house;
    house.safe.broken = true;
    const SpokenSource source{std::vector{rsa_key()}};
    CHECK(house.signer({&source}).keys_of(kAlice).error().kind == ErrorKind::Unavailable);
    house.safe.broken = false;
    house.safe.keys[7] = {no_key()};
    const auto keys = house.signer({&source}).keys_of(kAlice);
    CHECK(keys.error().kind == ErrorKind::Corrupt);
    CHECK_THAT(keys.error().what, Catch::Contains("subject 7"));
}

TEST_CASE("The algorithm that is asked for is the one that signs") {
    House house;
    house.safe.keys[7] = {ed_key()};
    auto signer = house.signer({});
    CHECK(signer.sign(kAlice, KeyAlgorithm::Ed25519, bytes_of("m"))->size() == 64);
    const auto rsa = signer.sign(kAlice, KeyAlgorithm::Rsa, bytes_of("m"));
    CHECK(rsa.error().kind == ErrorKind::NotFound);
    CHECK_THAT(rsa.error().what, Catch::Contains("RSA"));
}

TEST_CASE("Thousands of signatures ask the safe once, until it is told to forget or the time is over") {
    House house;
    house.safe.keys[7] = {ed_key()};
    auto signer = house.signer({});
    for (int i = 0; i < 100; ++i) {
        CHECK(signer.sign(kAlice, KeyAlgorithm::Ed25519, bytes_of("m")));
    }
    CHECK(house.safe.asked == 1);
    house.safe.keys[7] = {rsa_key()};
    CHECK(signer.keys_of(kAlice)->front().algorithm == KeyAlgorithm::Ed25519);
    signer.forget(kAlice);
    CHECK(signer.keys_of(kAlice)->front().algorithm == KeyAlgorithm::Rsa);
    house.safe.keys.clear();
    house.clock.at += seconds{299};
    CHECK(signer.keys_of(kAlice));
    house.clock.at += seconds{2};
    CHECK_FALSE(signer.keys_of(kAlice));
}

TEST_CASE("That there is no key is believed for some seconds; that a source was down is not") {
    House house;
    SpokenSource source{std::vector<FoundKey>{}};
    auto signer = house.signer({&source});
    CHECK_FALSE(signer.keys_of(kAlice));
    CHECK_FALSE(signer.keys_of(kAlice));
    CHECK(source.asked == 1);
    house.clock.at += seconds{10};
    source.answer = tl::unexpected{source_is_down};
    CHECK_FALSE(signer.keys_of(kAlice));
    source.answer = std::vector{rsa_key()};
    CHECK(signer.keys_of(kAlice));
}

TEST_CASE("No more people than allowed are kept in memory, the ones used last stay") {
    House house;
    house.safe.keys = {{1, {ed_key()}}, {2, {ed_key()}}, {3, {ed_key()}}};
    auto signer = house.signer({}, {2, seconds{300}, seconds{10}});
    CHECK(signer.keys_of(SubjectNumber{1}));
    CHECK(signer.keys_of(SubjectNumber{2}));
    CHECK(signer.keys_of(SubjectNumber{1}));
    CHECK(signer.keys_of(SubjectNumber{3}));  // 2 goes
    CHECK(house.safe.asked == 3);
    CHECK(signer.keys_of(SubjectNumber{1}));
    CHECK(house.safe.asked == 3);
    CHECK(signer.keys_of(SubjectNumber{2}));
    CHECK(house.safe.asked == 4);
}

TEST_CASE("Threads may sign, look up and forget at once") {
    House house;
    house.safe.keys[7] = {ed_key()};
    auto signer = house.signer({});
    REQUIRE(signer.keys_of(kAlice));
    std::vector<std::thread> threads;
    std::atomic<int> wrong{0};
    for (int i = 0; i < 3; ++i) {
        threads.emplace_back([&, i] {
            for (int round = 0; round < 200; ++round) {
                wrong += signer.sign(kAlice, KeyAlgorithm::Ed25519, bytes_of("m")) ? 0 : 1;
                if (i == 0 && round % 20 == 19) {
                    signer.forget(SubjectNumber{8});
                }
            }
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    CHECK(wrong == 0);
}

TEST_CASE("A key can be examined before it is imported") {
    const auto key = openssl::examine(ed_key());
    REQUIRE(key);
    CHECK(key->algorithm == KeyAlgorithm::Ed25519);
    CHECK(key->key_id == ed_key().key_id);
    CHECK(openssl::examine(no_key()).error().kind == ErrorKind::Invalid);
}
