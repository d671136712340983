/// Made-up traffic that writes the ledger and the model alike.

#pragma once

#include <algorithm>
#include <iterator>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "backends/sqlite/ledger_model.hpp"

namespace fedtrail::testing {

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

    /// Nothing of this person happens any more.
    void forget(std::uint64_t subject) {
        gone_.insert(subject);
        posts_.erase(
            std::remove_if(
                posts_.begin(), posts_.end(), [&](const Post& post) { return post.subject == subject; }),
            posts_.end());
    }

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
        do {
            post.subject = 1 + pick(5);
        } while (gone_.count(post.subject) != 0);
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
        const auto number = writer.activity(ActivityFact{privacy::SubjectNumber{post.subject},
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
        static constexpr privacy::Outcome kOutcomes[] = {{privacy::OutcomeKind::Accepted, 202},
                                                         {privacy::OutcomeKind::Accepted, 202},
                                                         {privacy::OutcomeKind::Accepted, 200},
                                                         {privacy::OutcomeKind::Rejected, 403},
                                                         {privacy::OutcomeKind::Sent, 503},
                                                         {privacy::OutcomeKind::Unreachable, 0},
                                                         {privacy::OutcomeKind::Fetched, 200},
                                                         {privacy::OutcomeKind::RefusedBeforeBody, 413}};
        const auto outcome = kOutcomes[pick(std::size(kOutcomes))];
        const auto channel = outcome.kind == privacy::OutcomeKind::Fetched ? privacy::Channel::SignedPull
                                                                           : privacy::Channel::Push;
        PackedObservation observation;
        observation.subject = privacy::SubjectNumber{post.subject};
        observation.at_seconds = at;
        observation.recipient = *writer.recipient(*Host::parse(recipient));
        observation.activity = post.number;
        observation.channel = channel;
        observation.outcome = outcome;
        const ModelAttempt row{post.subject, post.root, recipient, at, channel, outcome, post.categories};
        const bool known = std::any_of(model_.attempts.begin(), model_.attempts.end(), [&](const auto& old) {
            return old.subject == row.subject && old.recipient == row.recipient && old.at == row.at &&
                   old.outcome == row.outcome && old.object == row.object && old.categories == row.categories;
        });
        if (known) {
            return;  // whether it is one or two activities' is not what this test is about
        }
        if (channel == privacy::Channel::Push && pick(3) == 0) {
            auto intent = observation;
            intent.outcome = {privacy::OutcomeKind::Intended, 0};
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
    std::set<std::uint64_t> gone_;
};

}  // namespace fedtrail::testing
