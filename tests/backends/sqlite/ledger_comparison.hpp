/// Every question, asked of the ledger and of the plain list.

#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include <catch2/catch.hpp>

#include "backends/sqlite/ledger_model.hpp"
#include "backends/sqlite/ledger_store.hpp"
#include "backends/sqlite/ledger_traffic.hpp"

namespace fedtrail::testing {

inline std::string text_of(const PairAggregate& pair) {
    return pair.recipient.text() + " " + format_rfc3339(pair.first) + " " + format_rfc3339(pair.last) +
           " objects " + std::to_string(pair.objects) + " disclosures " + std::to_string(pair.disclosures) +
           " channels " + std::to_string(pair.channels.bits()) + " categories " +
           std::to_string(pair.categories.bits()) + " " + std::string{privacy::name_of(pair.strongest)};
}

/// What the visitor is told, object by object; also that no activity comes twice.
inline void compare_held(const sqlite::SqliteLedgerReader& reader,
                         const LedgerModel& model,
                         Traffic& traffic) {
    for (std::uint64_t subject = 1; subject <= 5; ++subject) {
        std::set<std::string> names{"never.example"};
        for (int i = 0; i < 20; ++i) {
            names.insert("s" + std::to_string(traffic.pick(60)) + ".example");
        }
        std::vector<Host> wanted;
        for (const auto& name : names) {
            wanted.push_back(*Host::parse(name));
        }
        std::map<std::string, std::set<std::string>> told;
        std::set<std::string> ids;
        const auto visited = reader.visit_held(
            privacy::SubjectNumber{subject},
            wanted,
            [&](const HeldActivity& held, std::span<const std::uint32_t> at) {
                REQUIRE_FALSE(at.empty());
                REQUIRE((held.activity.reveal().empty() || ids.insert(held.activity.reveal()).second));
                for (const auto index : at) {
                    told[held.object.reveal()].insert(wanted[index].text());
                }
                return true;
            });
        REQUIRE(visited);
        REQUIRE(told == model.held(subject, names));
    }
}

/// The replay, added up by recipient, channel and categories.
inline void compare_replay(const sqlite::SqliteLedgerReader& reader, const LedgerModel& model) {
    std::vector<Host> hosts;
    for (int i = 0; i < 60; ++i) {
        hosts.push_back(*Host::parse("s" + std::to_string(i) + ".example"));
    }
    using Key = std::tuple<std::string, int, int>;
    for (std::uint64_t subject = 1; subject <= 5; ++subject) {
        std::map<Key, std::uint64_t> expected;
        for (const auto& attempt : model.attempts) {
            if (attempt.subject == subject && privacy::evidence_of(attempt.outcome)) {
                ++expected[{attempt.recipient, static_cast<int>(attempt.channel), attempt.categories.bits()}];
            }
        }
        std::map<Key, std::uint64_t> told;
        const auto visited = reader.visit_disclosed(
            privacy::SubjectNumber{subject},
            hosts,
            [&](const ReplayedActivity& activity, std::span<const ReplayedDisclosures> to) {
                REQUIRE_FALSE(to.empty());
                for (const auto& one : to) {
                    told[{hosts[one.recipient].text(),
                          static_cast<int>(one.channel),
                          activity.categories.bits()}] += one.disclosures;
                }
                return true;
            });
        REQUIRE(visited);
        REQUIRE(told == expected);
    }
}

inline void compare(const sqlite::SqliteLedgerReader& reader, const LedgerModel& model, Traffic& traffic) {
    for (std::uint64_t subject = 1; subject <= 5; ++subject) {
        const auto pairs = reader.recipients_of(privacy::SubjectNumber{subject}, {});
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
        const auto window = reader.recipients_of(privacy::SubjectNumber{subject},
                                                 Window{from_unix_seconds(since), from_unix_seconds(until)});
        REQUIRE(window);
        REQUIRE(*window == model.recipients_of(subject, since, until));
    }
    for (int i = 0; i < 60; i += 7) {
        const auto recipient = "s" + std::to_string(i) + ".example";
        REQUIRE(*reader.subjects_at(*Host::parse(recipient)) == model.subjects_at(recipient));
    }
    compare_held(reader, model, traffic);
    compare_replay(reader, model);
    for (int i = 0; i < 25 && !traffic.posts().empty(); ++i) {
        const auto& post = traffic.posts()[traffic.pick(traffic.posts().size())];
        const auto by_object =
            reader.holders_of(privacy::SubjectNumber{post.subject}, *Uri::parse(post.root));
        REQUIRE(by_object);
        REQUIRE(*by_object == model.holders_of(post.subject, post.root));
        REQUIRE(*reader.holders_of(privacy::SubjectNumber{post.subject}, *Uri::parse(post.id)) == *by_object);
        const auto attempts =
            reader.attempts_of(privacy::SubjectNumber{post.subject}, *Uri::parse(post.root));
        REQUIRE(attempts);
        REQUIRE(LedgerModel::rows_of(*attempts) == model.attempts_of(post.subject, post.root));
    }
}

}  // namespace fedtrail::testing
