/// What a visit came to: in the directory's entries, and when the next one is due.

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "recipients/refresher.hpp"

namespace fedtrail::recipients {

namespace {

constexpr std::size_t kMostAddresses = 8;
constexpr std::size_t kMostAliases = 16;
constexpr std::chrono::hours kAfterHalf{24};  ///< Who broke off in the middle.
// Of the first pause: an hour, six hours, a day, a week.
constexpr std::array<int, 4> kPauses{1, 6, 24, 168};

/// splitmix64 over the host's letters and a number: what failed together does not come back together.
std::uint64_t mixed(const Host& host, std::uint64_t number) {
    std::uint64_t value = number + 0x9e3779b97f4a7c15U;
    for (const char c : host.text()) {
        value = (value ^ static_cast<unsigned char>(c)) * 0xbf58476d1ce4e5b9U;
        value ^= value >> 27U;
    }
    value = (value ^ (value >> 30U)) * 0x94d049bb133111ebU;
    return value ^ (value >> 31U);
}

/// A fifth longer or shorter.
std::chrono::milliseconds jittered(std::chrono::seconds pause, std::uint64_t seed) {
    const auto permille = static_cast<std::int64_t>(800 + seed % 401);
    return std::chrono::milliseconds{pause} * permille / 1'000;
}

void add_address(RecipientEntry& entry, const std::string& address) {
    if (address.empty()) {
        return;
    }
    auto& all = entry.addresses;
    all.erase(std::remove(all.begin(), all.end(), address), all.end());
    all.insert(all.begin(), address);
    all.resize(std::min(all.size(), kMostAddresses));
}

void drop_alias(RecipientEntry& entry, const Host& host) {
    std::erase_if(entry.aliases, [&](const records::HostAlias& one) { return one.host == host; });
    if (entry.main == host) {
        entry.main = Host{};
    }
}

void add_alias(RecipientEntry& entry, const records::HostAlias& alias) {
    auto& all = entry.aliases;
    const auto known =
        std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.host == alias.host; });
    if (known != all.end()) {
        *known = alias;
    } else if (all.size() < kMostAliases) {
        all.push_back(alias);
    }
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.host < b.host; });
}

void note_silence(RecipientEntry& entry,
                  const std::string& how,
                  const records::RecipientMarks& named,
                  Instant now) {
    entry.asked_at = now;
    if (!how.empty()) {
        note_failure(entry, how, now);
    }
    entry.relay = entry.relay || named.relay;
    entry.bridge = entry.bridge || named.bridge;
    entry.single_person = entry.single_person && !entry.relay && !entry.bridge;
}

}  // namespace

Instant Refresher::next_visit(const Visit& visit, std::uint32_t failures, Instant now) const {
    const auto& findings = visit.findings();
    auto pause = options_.stale_after;
    if (failures > 0) {
        pause = options_.first_pause * kPauses.at(std::min<std::size_t>(failures, kPauses.size()) - 1);
    } else if (findings.rest) {
        pause = findings.answered ? std::min<std::chrono::seconds>(pause, kAfterHalf) : options_.first_pause;
    }
    const auto day = static_cast<std::uint64_t>(to_unix_seconds(now) / 86'400);
    const auto next = now + jittered(pause, mixed(visit.host(), failures + day));
    return findings.rest ? std::max(*findings.rest, next) : next;
}

void Refresher::finish(const Visit& visit, Instant now) {
    const auto& findings = visit.findings();
    ++figures_.visits;
    figures_.answered += findings.answered ? 1 : 0;
    figures_.not_modified += findings.not_modified;
    auto state = visit.next_state();
    const bool failed = !findings.answered && !findings.rest;
    state.failures = failed ? state.failures + 1 : findings.answered ? 0 : state.failures;
    state.due = next_visit(visit, state.failures, now);
    states_.push_back(std::move(state));
    policies_.insert(policies_.end(), findings.policies.begin(), findings.policies.end());
    for (const auto kind : findings.unchanged) {
        ReadPolicy seen;
        seen.host = visit.host();
        seen.kind = kind;
        seen.at = now;
        seen.unchanged = true;
        policies_.push_back(std::move(seen));
    }
    note(visit, now);
    note_aliases(visit);
    oldest_ = oldest_.value_or(now);
}

void Refresher::note(const Visit& visit, Instant now) {
    const auto& findings = visit.findings();
    if (findings.rest) {
        changes_.push_back(
            {visit.host(), [until = *findings.rest](RecipientEntry& entry) { note_rest(entry, until); }});
    }
    if (!findings.answered) {
        // Its name may say what it is, though it says nothing itself.
        const auto named = marks_of(lore_.marks, visit.host(), "");
        changes_.push_back({visit.host(), [how = findings.failing_how, named, now](RecipientEntry& entry) {
                                note_silence(entry, how, named, now);
                            }});
        return;
    }
    auto marks = marks_of(lore_.marks, visit.host(), findings.facts.software);
    marks.relay = marks.relay || fediverse::is_relay(findings.facts.software);
    marks.community = !marks.relay && lore_.dialects.of(findings.facts.software).passes_on;
    marks.single_person = findings.facts.users == 1 && !marks.relay && !marks.bridge;
    changes_.push_back({visit.host(),
                        [facts = findings.facts,
                         address = findings.address,
                         from_api = findings.contact_from_api,
                         marks,
                         now](RecipientEntry& entry) {
                            entry.software = facts.software;
                            entry.version = facts.version;
                            entry.asked_at = now;
                            entry.known_at = now;
                            note_answer(entry);
                            entry.relay = marks.relay;
                            entry.bridge = marks.bridge;
                            entry.community = marks.community;
                            entry.single_person = marks.single_person;
                            entry.users = facts.users;
                            entry.registrations_open = facts.registrations_open;
                            entry.operator_name = facts.operator_name;
                            entry.contact_name = facts.contact_name;
                            entry.privacy_policy = facts.privacy_policy;
                            entry.terms = facts.terms;
                            entry.imprint = facts.imprint;
                            entry.declared_country = facts.declared_country;
                            if (!facts.contact.reveal().empty()) {
                                entry.contact = facts.contact;
                                entry.contact_source = from_api ? "instance_api" : "nodeinfo";
                            }
                            if (!facts.language.empty()) {
                                entry.language = facts.language;
                            }
                            add_address(entry, address);
                        }});
}

void Refresher::note_aliases(const Visit& visit) {
    const auto& findings = visit.findings();
    if (!findings.answered) {
        return;
    }
    const auto& before = visit.state().aliases;
    changes_.push_back(
        {visit.host(), [before, aliases = findings.aliases, main = findings.main](RecipientEntry& entry) {
             for (const auto& alias : before) {
                 drop_alias(entry, alias.host);
             }
             for (const auto& alias : aliases) {
                 add_alias(entry, alias);
             }
             if (!aliases.empty()) {
                 entry.main = main;
             }
         }});
    for (const auto& alias : before) {
        changes_.push_back(
            {alias.host, [host = visit.host()](RecipientEntry& entry) { drop_alias(entry, host); }});
    }
    for (const auto& alias : findings.aliases) {
        const auto main = findings.main.empty() ? visit.host() : findings.main;
        changes_.push_back(
            {alias.host, [back = records::HostAlias{visit.host(), alias.why}, main](RecipientEntry& entry) {
                 add_alias(entry, back);
                 entry.main = entry.host == main ? Host{} : main;
             }});
    }
}

}  // namespace fedtrail::recipients
