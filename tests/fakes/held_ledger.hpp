/// A ledger in memory that knows which activity went where, and nothing else.

#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "fedtrail/ports/ledger_holdings.hpp"
#include "fedtrail/ports/ledger_reader.hpp"

namespace fedtrail::testing {

/// Not thread-safe. One subject.
class HeldLedger final : public LedgerReader, public LedgerHoldings, public LedgerEvidence {
public:
    struct Row {
        HeldActivity held;
        std::vector<Host> at;
        privacy::Channel channel{privacy::Channel::Push};
    };

    std::vector<Row> rows;
    /// By object: attempts beside the first one of each row, which was accepted.
    std::map<std::string, std::vector<ObservedAttempt>, std::less<>> tried;
    privacy::Evidence strongest{privacy::Evidence::Intended};  ///< Of every pair.
    mutable int visits{};                                      ///< How often everything was walked through.
    mutable int asked{};                                       ///< How often for the attempts of an object.

    /// `object` "" is an activity without an object of its own.
    void add(std::string activity,
             std::string object,
             fediverse::CategorySet categories,
             const std::vector<std::string>& hosts,
             const std::string& first = "2026-01-01T00:00:00Z") {
        Row row;
        categories.add(fediverse::DataCategory::Handle);
        row.held.object = Personal<std::string>{object.empty() ? activity : std::move(object)};
        row.held.activity = Personal<std::string>{std::move(activity)};
        row.held.categories = categories;
        row.held.first = *parse_rfc3339(first);
        for (const auto& host : hosts) {
            row.at.push_back(*Host::parse(host));
        }
        rows.push_back(std::move(row));
    }

    /// A Delete of the object that a host took, or the object itself once more.
    void try_again(const std::string& object,
                   const std::string& host,
                   Instant at,
                   privacy::OutcomeKind kind = privacy::OutcomeKind::Accepted) {
        privacy::Outcome outcome;
        outcome.kind = kind;
        tried[object].push_back({*Host::parse(host), at, privacy::Channel::Push, outcome});
    }

    Result<std::vector<ObservedAttempt>> attempts_of(privacy::SubjectNumber,
                                                     const Uri& object) const override {
        ++asked;
        privacy::Outcome accepted;
        accepted.kind = privacy::OutcomeKind::Accepted;
        const auto again = tried.find(object.text());
        auto all = again == tried.end() ? std::vector<ObservedAttempt>{} : again->second;
        for (const auto& row : rows) {
            if (row.held.object.reveal() == object.text() || row.held.activity.reveal() == object.text()) {
                for (const auto& host : row.at) {
                    all.push_back({host, row.held.first, row.channel, accepted});
                }
            }
        }
        return all;
    }

    Result<void> visit_held(privacy::SubjectNumber,
                            std::span<const Host> wanted,
                            const Visitor& visitor) const override {
        ++visits;
        std::map<Host, std::uint32_t> places;
        for (std::uint32_t i = 0; i < wanted.size(); ++i) {
            places.emplace(wanted[i], i);
        }
        for (const auto& row : rows) {
            std::vector<std::uint32_t> at;
            for (const auto& host : row.at) {
                if (const auto place = places.find(host); place != places.end()) {
                    at.push_back(place->second);
                }
            }
            std::sort(at.begin(), at.end());
            if (!at.empty() && !visitor(row.held, at)) {
                break;
            }
        }
        return {};
    }

    Result<std::vector<PairAggregate>> recipients_of(privacy::SubjectNumber, const Window&) const override {
        std::map<Host, PairAggregate> pairs;
        for (const auto& row : rows) {
            for (const auto& host : row.at) {
                auto& pair = pairs[host];
                pair.recipient = host;
                ++pair.objects;
                ++pair.disclosures;
                pair.strongest = strongest;
                pair.channels.add(row.channel);
                pair.categories.add(row.held.categories);
            }
        }
        std::vector<PairAggregate> all;
        for (auto& [host, pair] : pairs) {
            all.push_back(std::move(pair));
        }
        return all;
    }

    Result<std::vector<Holder>> holders_of(privacy::SubjectNumber, const Uri& object) const override {
        std::map<Host, Holder> found;
        for (const auto& row : rows) {
            if (row.held.object.reveal() == object.text() || row.held.activity.reveal() == object.text()) {
                for (const auto& host : row.at) {
                    found[host] = Holder{host, privacy::Evidence::Accepted};
                }
            }
        }
        std::vector<Holder> all;
        for (const auto& [host, holder] : found) {
            all.push_back(holder);
        }
        return all;
    }

    Result<std::vector<privacy::SubjectNumber>> subjects_at(const Host&) const override {
        return std::vector<privacy::SubjectNumber>{};
    }
    Result<std::vector<RecipientTotals>> recipients(std::string_view, std::size_t) const override {
        return std::vector<RecipientTotals>{};
    }
    Result<LedgerTotals> totals() const override { return LedgerTotals{}; }
};

}  // namespace fedtrail::testing
