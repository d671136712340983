#include "backends/sqlite/ledger_hosts.hpp"

#include <algorithm>
#include <utility>

namespace fedtrail::sqlite {

std::uint32_t HostBook::place_of(std::uint32_t number) {
    merge_added();
    return places_.at(number - 1);
}

std::uint32_t HostBook::place_behind(std::string_view text) {
    merge_added();
    const auto found = std::upper_bound(
        by_name_.begin(), by_name_.end(), text, [](std::string_view wanted, const Host& host) {
            return wanted < host.text();
        });
    return static_cast<std::uint32_t>(found - by_name_.begin());
}

std::vector<HostBook::Placed> HostBook::sorted(std::vector<Placed> placed) const {
    if (placed.size() < by_name_.size() / 8) {
        std::sort(
            placed.begin(), placed.end(), [](const Placed& a, const Placed& b) { return a.place < b.place; });
        return placed;
    }
    // So many of all places are taken that walking along all of them costs less.
    constexpr auto kNobody = ~std::uint32_t{0};
    std::vector<std::uint32_t> taken(by_name_.size(), kNobody);
    for (const auto& one : placed) {
        taken[one.place] = one.index;
    }
    placed.clear();
    for (std::uint32_t place = 0; place < taken.size(); ++place) {
        if (taken[place] != kNobody) {
            placed.push_back(Placed{place, taken[place]});
        }
    }
    return placed;
}

void HostBook::merge_added() {
    if (added_.empty()) {
        return;
    }
    std::vector<std::pair<const Host*, std::uint32_t>> all;
    all.reserve(size());
    for (std::uint32_t place = 0; place < by_name_.size(); ++place) {
        all.emplace_back(&by_name_[place], numbers_[place]);
    }
    const auto middle = static_cast<std::ptrdiff_t>(all.size());
    for (const auto& host : added_) {
        all.emplace_back(&host, static_cast<std::uint32_t>(all.size()) + 1);
    }
    const auto by_name = [](const auto& a, const auto& b) { return *a.first < *b.first; };
    std::sort(all.begin() + middle, all.end(), by_name);
    std::inplace_merge(all.begin(), all.begin() + middle, all.end(), by_name);

    std::vector<Host> hosts;  // copied, not moved: then the texts lie in memory as they are read
    hosts.reserve(all.size());
    numbers_.clear();
    places_.resize(all.size());
    for (const auto& [host, number] : all) {
        places_[number - 1] = static_cast<std::uint32_t>(hosts.size());
        numbers_.push_back(number);
        hosts.push_back(*host);
    }
    by_name_ = std::move(hosts);
    added_.clear();
}

}  // namespace fedtrail::sqlite
