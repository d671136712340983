#include <random>

#include <catch2/catch.hpp>

#include "backends/sqlite/ledger_fixture.hpp"
#include "backends/sqlite/ledger_model.hpp"

using namespace fedtrail;  // NOLINT(google-build-using-namespace): a test of one room
using namespace std::chrono_literals;
using fedtrail::sqlite::LedgerOptions;
using fedtrail::sqlite::SqliteLedgerReader;
using fedtrail::sqlite::SqliteLedgerWriter;
using privacy::Channel;
using privacy::OutcomeKind;
using privacy::SubjectNumber;
using test::LedgerModel;

namespace {

struct Post {
    std::uint64_t subject{};
    std::string id;
    std::string object;
    std::string root;  ///< The object it is about.
    std::int64_t at{};
    fediverse::CategorySet categories;
    ActivityNumber number;
};

/// A few people with changing followers, posting, boosting, updating; with retries, pulls and late answers.
class Traffic {
public:
    Traffic(std::uint64_t seed, LedgerModel& model) : random_(seed), model_(model) {
        for (std::uint64_t subject = 1; subject <= 5; ++subject) {
            auto& followers = followers_[subject];
            for (auto count = pick(subject * 12); count > 0; --count) {
                followers.push_back(server());
            }
        }
    }

    std::uint64_t pick(std::uint64_t below) { return random_() % below; }
    [[nodiscard]] std::int64_t now() const { return now_; }
    [[nodiscard]] const std::vector<Post>& posts() const { return posts_; }

    void step(LedgerWriter& writer) {
        now_ += static_cast<std::int64_t>(pick(8'000));
        const auto post = pick(10) < 7 || posts_.empty() ? new_post(writer) : posts_[pick(posts_.size())];
        const bool fresh = post.at == now_;
        if (fresh) {
            for (const auto& follower : followers_[post.subject]) {
                if (pick(40) != 0) {
                    attempt(writer, post, follower, pick(6));
                }
            }
            if (pick(4) == 0) {
                followers_[post.subject].push_back(server());
            }
            if (pick(5) == 0 && !followers_[post.subject].empty()) {
                followers_[post.subject].pop_back();
            }
        }
        for (auto extra = pick(3); extra > 0; --extra) {
            attempt(writer, post, server(), pick(300'000) / (pick(20) + 1));
        }
    }

private:
    std::string server() { return "s" + std::to_string(pick(60)) + ".example"; }

    Post new_post(LedgerWriter& writer) {
        Post post;
        post.subject = 1 + pick(5);
        post.at = now_;
        post.categories = fediverse::CategorySet{static_cast<std::uint16_t>(1U << pick(12))};
        const auto base = "https://origin.example/users/u" + std::to_string(post.subject);
        const auto snowflake = static_cast<std::uint64_t>(now_) * 1000U << 16U | pick(65536);
        const auto kind = pick(10);
        if (kind == 0) {
            post.object = base + "/likes/" + std::to_string(pick(1'000'000'000));
            post.id = post.object;
        } else if (kind == 1) {
            post.object =
                "https://origin.example/notes/9x" + std::to_string(10'000'000 + pick(89'999'999)) + "a";
            post.id = post.object + "/activity";
        } else if (kind == 2 && !posts_.empty()) {
            const auto& old = posts_[pick(posts_.size())];
            post.subject = old.subject;
            post.object = old.root;
            post.id = old.root + "#updates/" + std::to_string(now_) + "-" + std::to_string(pick(1000));
        } else {
            post.object = base + "/statuses/" + std::to_string(snowflake);
            post.id = post.object + "/activity";
        }
        post.root = post.object;
        const auto number = writer.activity(ActivityFact{SubjectNumber{post.subject},
                                                         from_unix_seconds(now_),
                                                         "Create",
                                                         post.id,
                                                         post.object,
                                                         post.categories,
                                                         fediverse::Visibility::Public});
        REQUIRE(number);
        post.number = *number;
        posts_.push_back(post);
        return post;
    }

    void attempt(LedgerWriter& writer, const Post& post, const std::string& recipient, std::uint64_t delay) {
        const auto at = now_ + static_cast<std::int64_t>(delay);
        static constexpr privacy::Outcome kOutcomes[] = {{OutcomeKind::Accepted, 202},
                                                         {OutcomeKind::Accepted, 202},
                                                         {OutcomeKind::Accepted, 200},
                                                         {OutcomeKind::Rejected, 403},
                                                         {OutcomeKind::Sent, 503},
                                                         {OutcomeKind::Unreachable, 0},
                                                         {OutcomeKind::Fetched, 200},
                                                         {OutcomeKind::RefusedBeforeBody, 413}};
        const auto outcome = kOutcomes[pick(std::size(kOutcomes))];
        const auto channel = outcome.kind == OutcomeKind::Fetched ? Channel::SignedPull : Channel::Push;
        PackedObservation observation;
        observation.subject = SubjectNumber{post.subject};
        observation.at_seconds = at;
        observation.recipient = *writer.recipient(*Host::parse(recipient));
        observation.activity = post.number;
        observation.channel = channel;
        observation.outcome = outcome;
        const test::ModelAttempt row{
            post.subject, post.root, recipient, at, channel, outcome, post.categories};
        const bool known = std::any_of(model_.attempts.begin(), model_.attempts.end(), [&](const auto& old) {
            return old.subject == row.subject && old.recipient == row.recipient && old.at == row.at &&
                   old.outcome == row.outcome && old.object == row.object && old.categories == row.categories;
        });
        if (known) {
            return;  // whether it is one or two activities' is not what this test is about
        }
        if (channel == Channel::Push && pick(3) == 0) {
            auto intent = observation;
            intent.outcome = {OutcomeKind::Intended, 0};
            REQUIRE(*writer.add(intent));
            observation.settles = true;
        }
        REQUIRE(*writer.add(observation));
        model_.attempts.push_back(row);
    }

    std::mt19937_64 random_;
    LedgerModel& model_;
    std::int64_t now_{1'700'000'000};
    std::map<std::uint64_t, std::vector<std::string>> followers_;
    std::vector<Post> posts_;
};

std::string text_of(const PairAggregate& pair) {
    return pair.recipient.text() + " " + format_rfc3339(pair.first) + " " + format_rfc3339(pair.last) +
           " objects " + std::to_string(pair.objects) + " disclosures " + std::to_string(pair.disclosures) +
           " channels " + std::to_string(pair.channels.bits()) + " categories " +
           std::to_string(pair.categories.bits()) + " " + std::string{privacy::name_of(pair.strongest)};
}

void compare(const SqliteLedgerReader& reader, const LedgerModel& model, Traffic& traffic) {
    for (std::uint64_t subject = 1; subject <= 5; ++subject) {
        const auto pairs = reader.recipients_of(SubjectNumber{subject}, {});
        REQUIRE(pairs);
        const auto expected = model.recipients_of(subject);
        CAPTURE(subject, pairs->size(), expected.size());
        for (std::size_t i = 0; i < std::min(pairs->size(), expected.size()); ++i) {
            CAPTURE(i, (*pairs)[i].recipient.text(), expected[i].recipient.text());
            REQUIRE(text_of((*pairs)[i]) == text_of(expected[i]));
        }
        REQUIRE(*pairs == expected);
        const auto since = 1'700'000'000 + static_cast<std::int64_t>(traffic.pick(2'000'000));
        const auto until = since + static_cast<std::int64_t>(traffic.pick(1'000'000));
        const auto window = reader.recipients_of(SubjectNumber{subject},
                                                 Window{from_unix_seconds(since), from_unix_seconds(until)});
        REQUIRE(window);
        REQUIRE(*window == model.recipients_of(subject, since, until));
    }
    for (int i = 0; i < 60; i += 7) {
        const auto recipient = "s" + std::to_string(i) + ".example";
        REQUIRE(*reader.subjects_at(*Host::parse(recipient)) == model.subjects_at(recipient));
    }
    for (int i = 0; i < 25 && !traffic.posts().empty(); ++i) {
        const auto& post = traffic.posts()[traffic.pick(traffic.posts().size())];
        const auto by_object = reader.holders_of(SubjectNumber{post.subject}, *Uri::parse(post.root));
        REQUIRE(by_object);
        REQUIRE(*by_object == model.holders_of(post.subject, post.root));
        REQUIRE(*reader.holders_of(SubjectNumber{post.subject}, *Uri::parse(post.id)) == *by_object);
        const auto attempts = reader.attempts_of(SubjectNumber{post.subject}, *Uri::parse(post.root));
        REQUIRE(attempts);
        REQUIRE(LedgerModel::rows_of(*attempts) == model.attempts_of(post.subject, post.root));
    }
}

}  // namespace

TEST_CASE("The ledger answers as a plain list would, through folds and restarts", "[ledger][sqlite]") {
    for (std::uint64_t seed = 1; seed <= 6; ++seed) {
        CAPTURE(seed);
        const test::Folder folder;
        const test::NumberedKeys keys;
        const auto path = folder.path() / "ledger.db";
        LedgerOptions options;
        options.retry_horizon = 6h;
        options.fold_patience = seed % 2 == 0 ? 12h : 240h;
        LedgerModel model;
        Traffic traffic{seed, model};
        auto writer = SqliteLedgerWriter::open(path, keys, options);
        REQUIRE(writer);
        const auto reader = SqliteLedgerReader::open(path, keys);
        REQUIRE(reader);
        std::uint64_t folded = 0;
        for (int round = 0; round < 500; ++round) {
            traffic.step(**writer);
            if (traffic.pick(3) == 0) {
                REQUIRE((*writer)->commit());
            }
            if (traffic.pick(9) == 0) {
                const auto summary = (*writer)->fold(from_unix_seconds(traffic.now()));
                INFO((summary ? std::string{} : summary.error().what));
                REQUIRE(summary);
                folded += summary->activities;
            }
            if (traffic.pick(100) == 0) {
                REQUIRE((*writer)->commit());
                writer->reset();
                writer = SqliteLedgerWriter::open(path, keys, options);
                REQUIRE(writer);
            }
            if (round % 125 == 124) {
                REQUIRE((*writer)->commit());
                compare(**reader, model, traffic);
                const auto second = SqliteLedgerReader::open(path, keys);
                REQUIRE(second);
                compare(**second, model, traffic);
            }
        }
        CHECK(folded > 100);
    }
}
