#include "recipients/joined_entries.hpp"

#include <algorithm>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "recipients/declaration.hpp"

namespace fedtrail::recipients {

namespace {

constexpr int kMostSteps = 4;
constexpr std::size_t kMostHostsOfOne = 64;

/// What the entry says belongs to it.
template <typename Take>
void for_each_link(const RecipientEntry& entry, const Take& take) {
    if (!entry.main.empty()) {
        take(entry.main);
    }
    for (const auto& alias : entry.aliases) {
        take(alias.host);
    }
}

bool stands_before(const RecipientEntry* a, const RecipientEntry* b) {
    return std::tuple{a->main.empty(), a->known_at, b->host} >
           std::tuple{b->main.empty(), b->known_at, a->host};
}

template <typename Value>
void complete_one(Value& value, const Value& other, const Value& nothing = {}) {
    if (value == nothing) {
        value = other;
    }
}

void complete(RecipientEntry& whole, const RecipientEntry& more) {
    if (whole.software.empty()) {
        whole.software = more.software;
        whole.version = more.version;
    }
    complete_one(whole.users, more.users);
    complete_one(whole.registrations_open, more.registrations_open);
    complete_one(whole.operator_name, more.operator_name);
    complete_one(whole.contact_name, more.contact_name);
    complete_one(whole.contact, more.contact);
    complete_one(whole.privacy_policy, more.privacy_policy);
    complete_one(whole.terms, more.terms);
    whole.known_at = std::max(whole.known_at, more.known_at);
    whole.addresses.insert(whole.addresses.end(), more.addresses.begin(), more.addresses.end());
    whole.told += more.told;
    whole.gone += more.gone;
    whole.present += more.present;
    whole.not_visible += more.not_visible;
    whole.relay = whole.relay || more.relay;
    whole.bridge = whole.bridge || more.bridge;
    whole.community = whole.community || more.community;
    whole.single_person = whole.single_person || more.single_person;
}

/// When each word of one host was written last, with what hangs on it.
std::map<std::string_view, Instant> written_at(const std::vector<DeclaredWord>& words) {
    std::map<std::string_view, Instant> last;
    for (const auto& word : words) {
        auto& at = last.try_emplace(head_of(word.key), word.at).first->second;
        at = std::max(at, word.at);
    }
    return last;
}

}  // namespace

Result<JoinedEntries> entries_with_joined(const RecipientDirectory& directory, std::span<const Host> hosts) {
    JoinedEntries all;
    std::set<Host> next{hosts.begin(), hosts.end()};
    const auto most = next.size() * kMostHostsOfOne;
    const auto add_next = [&](const Host& other) {
        if (all.count(other) == 0 && all.size() + next.size() < most) {
            next.insert(other);
        }
    };
    for (int step = 0; step <= kMostSteps && !next.empty() && all.size() < most; ++step) {
        const std::vector<Host> wanted{next.begin(), next.end()};
        auto found = directory.entries(wanted);
        if (!found) {
            return fail(found);
        }
        next.clear();
        for (std::size_t at = 0; at < wanted.size(); ++at) {
            all.emplace(wanted[at], std::move((*found)[at]));
        }
        for (const auto& host : wanted) {
            for_each_link(all.at(host), add_next);
        }
    }
    return all;
}

std::vector<const RecipientEntry*> entries_of_one(const JoinedEntries& all, const Host& host) {
    std::vector<const RecipientEntry*> found;
    std::set<Host> seen{host};
    std::vector<Host> open{host};
    const auto open_once = [&](const Host& other) {
        if (seen.insert(other).second) {
            open.push_back(other);
        }
    };
    while (!open.empty()) {
        const auto entry = all.find(open.back());
        open.pop_back();
        if (entry == all.end()) {
            continue;
        }
        found.push_back(&entry->second);
        for_each_link(entry->second, open_once);
    }
    std::sort(found.begin(), found.end(), stands_before);
    return found;
}

RecipientEntry whole_entry(std::span<const RecipientEntry* const> of_one) {
    auto whole = *of_one.front();
    for (const auto* more : of_one.subspan(1)) {
        complete(whole, *more);
    }
    whole.single_person = whole.single_person && !whole.relay && !whole.bridge;
    return whole;
}

std::vector<DeclaredWord> whole_declaration(std::span<const std::vector<DeclaredWord>> of_hosts) {
    std::map<std::string_view, std::pair<Instant, std::size_t>> last;
    for (std::size_t host = 0; host < of_hosts.size(); ++host) {
        for (const auto& [word, at] : written_at(of_hosts[host])) {
            auto& known = last.try_emplace(word, at, host).first->second;
            known = at > known.first ? std::pair{at, host} : known;
        }
    }
    std::vector<DeclaredWord> whole;
    for (std::size_t host = 0; host < of_hosts.size(); ++host) {
        std::copy_if(of_hosts[host].begin(),
                     of_hosts[host].end(),
                     std::back_inserter(whole),
                     [&](const DeclaredWord& word) {
                         return !is_of_one_host(word.key) && last.at(head_of(word.key)).second == host;
                     });
    }
    std::sort(whole.begin(), whole.end(), [](const DeclaredWord& a, const DeclaredWord& b) {
        return a.key < b.key;
    });
    return whole;
}

}  // namespace fedtrail::recipients
