/// The ledger as a plain list, to compare the real one with.

#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "fedtrail/ports/ledger_reader.hpp"
#include "fedtrail/ports/ledger_writer.hpp"

namespace fedtrail::testing {

struct ModelAttempt {
    std::uint64_t subject;
    std::string object;  ///< The object's URI, or what stands for it.
    std::string recipient;
    std::int64_t at;
    privacy::Channel channel;
    privacy::Outcome outcome;
    fediverse::CategorySet categories;
};

class LedgerModel {
public:
    std::vector<ModelAttempt> attempts;

    [[nodiscard]] std::vector<PairAggregate> recipients_of(std::uint64_t subject,
                                                           std::int64_t since = INT64_MIN,
                                                           std::int64_t until = INT64_MAX) const {
        std::map<Host, PairAggregate> pairs;
        std::set<std::pair<std::string, std::string>> seen;
        for (const auto& attempt : attempts) {
            const auto evidence = privacy::evidence_of(attempt.outcome);
            if (attempt.subject != subject || !evidence || attempt.at < since || attempt.at >= until) {
                continue;
            }
            const auto host = *Host::parse(attempt.recipient);
            auto [known, is_new] = pairs.try_emplace(host);
            auto& pair = known->second;
            const auto at = from_unix_seconds(attempt.at);
            pair.recipient = host;
            pair.first = is_new ? at : std::min(pair.first, at);
            pair.last = is_new ? at : std::max(pair.last, at);
            pair.objects += seen.emplace(attempt.recipient, attempt.object).second ? 1 : 0;
            ++pair.disclosures;
            pair.channels.add(attempt.channel);
            pair.categories.add(attempt.categories);
            pair.strongest = is_new ? *evidence : std::max(pair.strongest, *evidence);
        }
        std::vector<PairAggregate> list;
        for (const auto& entry : pairs) {
            list.push_back(entry.second);
        }
        return list;
    }

    [[nodiscard]] std::vector<privacy::SubjectNumber> subjects_at(const std::string& recipient) const {
        std::set<std::uint64_t> subjects;
        for (const auto& attempt : attempts) {
            if (attempt.recipient == recipient && privacy::evidence_of(attempt.outcome)) {
                subjects.insert(attempt.subject);
            }
        }
        std::vector<privacy::SubjectNumber> list;
        for (const auto subject : subjects) {
            list.emplace_back(subject);
        }
        return list;
    }

    [[nodiscard]] std::vector<Holder> holders_of(std::uint64_t subject, const std::string& object) const {
        std::map<Host, privacy::Evidence> holders;
        for (const auto& attempt : attempts) {
            const auto evidence = privacy::evidence_of(attempt.outcome);
            if (attempt.subject == subject && attempt.object == object && evidence) {
                auto& strongest =
                    holders.try_emplace(*Host::parse(attempt.recipient), *evidence).first->second;
                strongest = std::max(strongest, *evidence);
            }
        }
        std::vector<Holder> list;
        for (const auto& entry : holders) {
            list.push_back(Holder{entry.first, entry.second});
        }
        return list;
    }

    /// Objects with the recipients of `wanted` that hold them.
    [[nodiscard]] std::map<std::string, std::set<std::string>> held(
        std::uint64_t subject, const std::set<std::string>& wanted) const {
        std::map<std::string, std::set<std::string>> objects;
        for (const auto& attempt : attempts) {
            if (attempt.subject == subject && privacy::evidence_of(attempt.outcome) &&
                wanted.count(attempt.recipient) != 0) {
                objects[attempt.object].insert(attempt.recipient);
            }
        }
        return objects;
    }

    using AttemptRow = std::tuple<std::int64_t, std::string, int, int, int>;

    [[nodiscard]] std::vector<AttemptRow> attempts_of(std::uint64_t subject,
                                                      const std::string& object) const {
        std::vector<AttemptRow> rows;
        for (const auto& attempt : attempts) {
            if (attempt.subject == subject && attempt.object == object) {
                rows.emplace_back(attempt.at,
                                  attempt.recipient,
                                  static_cast<int>(attempt.channel),
                                  static_cast<int>(attempt.outcome.kind),
                                  attempt.outcome.status);
            }
        }
        std::sort(rows.begin(), rows.end());
        return rows;
    }

    [[nodiscard]] static std::vector<AttemptRow> rows_of(const std::vector<ObservedAttempt>& attempts) {
        std::vector<AttemptRow> rows;
        for (const auto& attempt : attempts) {
            rows.emplace_back(to_unix_seconds(attempt.at),
                              attempt.recipient.text(),
                              static_cast<int>(attempt.channel),
                              static_cast<int>(attempt.outcome.kind),
                              attempt.outcome.status);
        }
        std::sort(rows.begin(), rows.end());
        return rows;
    }
};

}  // namespace fedtrail::testing
