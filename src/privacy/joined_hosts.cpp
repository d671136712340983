#include "fedtrail/privacy/joined_hosts.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "privacy/host_suffixes.hpp"

namespace fedtrail::privacy {

std::string_view without_port(const Host& host) {
    return without_port(std::string_view{host.text()});
}

std::size_t JoinedHosts::place_of(std::string_view name) {
    const auto [at, is_new] = place_.try_emplace(std::string{name}, lists_.size());
    if (is_new) {
        lists_.push_back({at->first});
    }
    return at->second;
}

void JoinedHosts::join(const Host& a, const Host& b) {
    const auto name = without_port(a);
    const auto other = without_port(b);
    if (name.empty() || other.empty() || name == other) {
        return;
    }
    auto into = place_of(name);
    auto from = place_of(other);
    if (into == from) {
        return;
    }
    if (lists_[into].size() < lists_[from].size()) {
        std::swap(into, from);
    }
    std::vector<std::string> all;
    std::merge(lists_[into].begin(),
               lists_[into].end(),
               lists_[from].begin(),
               lists_[from].end(),
               std::back_inserter(all));
    for (const auto& moved : lists_[from]) {
        place_.find(moved)->second = into;
    }
    lists_[into] = std::move(all);
    lists_[from].clear();
}

std::span<const std::string> JoinedHosts::names(std::string_view name) const {
    const auto at = place_.find(name);
    return at == place_.end() ? std::span<const std::string>{} : lists_[at->second];
}

std::vector<std::string> JoinedHosts::names_of(const Host& host) const {
    const auto name = without_port(host);
    const auto known = names(name);
    return known.empty() ? std::vector{std::string{name}}
                         : std::vector<std::string>{known.begin(), known.end()};
}

bool JoinedHosts::are_one(const Host& a, const Host& b) const {
    const auto name = without_port(a);
    const auto other = without_port(b);
    const auto known = names(name);
    return name == other || std::binary_search(known.begin(), known.end(), other);
}

std::vector<std::span<const std::string>> JoinedHosts::recipients() const {
    std::vector<std::span<const std::string>> all;
    for (const auto& list : lists_) {
        if (!list.empty()) {
            all.emplace_back(list);
        }
    }
    return all;
}

bool operator==(const JoinedHosts& a, const JoinedHosts& b) {
    return a.place_.size() == b.place_.size() &&
           std::all_of(a.lists_.begin(), a.lists_.end(), [&b](const std::vector<std::string>& list) {
               return list.empty() || std::ranges::equal(list, b.names(list.front()));
           });
}

}  // namespace fedtrail::privacy
