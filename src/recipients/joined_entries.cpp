#include "recipients/joined_entries.hpp"

#include <algorithm>
#include <iterator>
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

/// The hosts of one recipient, found step by step from one of them: the same ones whoever else is asked about
/// in the same question.
class Reach {
public:
    explicit Reach(const Host& from) : seen_{from}, edge_{from} {}

    /// Found by the last step.
    [[nodiscard]] const std::vector<Host>& edge() const { return edge_; }

    /// To what the edge is joined with, as far as `all` has it.
    void go_on(const JoinedEntries& all) {
        std::vector<Host> next;
        const auto add = [&](const Host& other) {
            if (seen_.size() < kMostHostsOfOne && seen_.insert(other).second) {
                next.push_back(other);
            }
        };
        for (const auto& host : edge_) {
            if (const auto entry = all.find(host); entry != all.end()) {
                for_each_link(entry->second, add);
            }
        }
        edge_ = std::move(next);
    }

private:
    std::set<Host> seen_;
    std::vector<Host> edge_;
};

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

/// Those at the edge of what was reached so far that were not read yet.
Result<void> read_edges(const RecipientDirectory& directory,
                        const std::vector<Reach>& reaches,
                        JoinedEntries& all) {
    std::set<Host> unread;
    for (const auto& reach : reaches) {
        std::copy_if(reach.edge().begin(),
                     reach.edge().end(),
                     std::inserter(unread, unread.end()),
                     [&all](const Host& host) { return all.count(host) == 0; });
    }
    const std::vector<Host> wanted{unread.begin(), unread.end()};
    auto found = wanted.empty() ? Result<std::vector<RecipientEntry>>{} : directory.entries(wanted);
    if (!found) {
        return fail(found);
    }
    for (std::size_t at = 0; at < wanted.size(); ++at) {
        all.emplace(wanted[at], std::move((*found)[at]));
    }
    return {};
}

}  // namespace

Result<JoinedEntries> entries_with_joined(const RecipientDirectory& directory, std::span<const Host> hosts) {
    JoinedEntries all;
    std::vector<Reach> reaches;
    for (const auto& host : std::set<Host>{hosts.begin(), hosts.end()}) {
        reaches.emplace_back(host);
    }
    for (int step = 0; step <= kMostSteps; ++step) {
        if (const auto read = read_edges(directory, reaches, all); !read) {
            return fail(read);
        }
        for (auto& reach : reaches) {
            reach.go_on(all);
        }
    }
    return all;
}

std::vector<const RecipientEntry*> entries_of_one(const JoinedEntries& all, const Host& host) {
    std::vector<const RecipientEntry*> found;
    Reach reach{host};
    for (int step = 0; step <= kMostSteps; ++step) {
        for (const auto& one : reach.edge()) {
            const auto entry = all.find(one);
            found.push_back(entry == all.end() ? nullptr : &entry->second);
        }
        reach.go_on(all);
    }
    std::erase(found, nullptr);  // not read
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
