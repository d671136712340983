#include "intake/proxy/client_trust.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace fedtrail::proxy {

namespace {

constexpr std::size_t kMostClients = 4'096;
constexpr std::size_t kMostRefusals = 4'096;
constexpr std::size_t kMostHosts = 4'096;
constexpr std::size_t kMostShown = 20;

}  // namespace

std::string client_kind(const Tcp::endpoint& from, std::uint64_t hello_shape) {
    std::array<char, 24> shape{};
    std::snprintf(shape.data(), shape.size(), " %016llx", static_cast<unsigned long long>(hello_shape));
    return from.address().to_string() + shape.data();
}

void ClientTrust::trusted(const std::string& kind) {
    const std::lock_guard lock{mutex_};
    if (trusting_.count(kind) != 0) {
        return;
    }
    if (trusting_.size() >= kMostClients) {
        too_many_ = true;  // to record is worth more than to keep a client connected that refuses
        until_.clear();
        remembered_ = 0;
        return;
    }
    trusting_.insert(kind);
    if (const auto found = until_.find(kind); found != until_.end()) {
        remembered_ -= found->second.size();
        until_.erase(found);
    }
}

bool ClientTrust::refused(const std::string& kind, const Host& host, TimePoint until) {
    const std::lock_guard lock{mutex_};
    if (too_many_ || trusting_.count(kind) != 0) {
        return false;
    }
    if (remembered_ >= kMostRefusals) {
        until_.clear();  // each of them is asked once more; that is all there is to lose
        remembered_ = 0;
    }
    const auto [place, fresh] = until_[kind].try_emplace(host, until);
    remembered_ += fresh ? 1 : 0;
    const bool expired = !fresh && place->second <= SteadyClock::now();
    place->second = until;
    return fresh || expired;
}

bool ClientTrust::refuses(const std::string& kind, const Host& host) {
    const std::lock_guard lock{mutex_};
    const auto client = until_.find(kind);
    if (client == until_.end()) {
        return false;
    }
    const auto found = client->second.find(host);
    return found != client->second.end() && found->second > SteadyClock::now();
}

void ClientTrust::count_tunnel(const Host& host) {
    const std::lock_guard lock{mutex_};
    if (tunnels_.size() < kMostHosts || tunnels_.count(host) != 0) {
        ++tunnels_[host];
    } else {
        ++tunnels_elsewhere_;
    }
}

UntrustingFigures ClientTrust::figures() const {
    UntrustingFigures figures;
    const std::lock_guard lock{mutex_};
    figures.hosts = tunnels_.size();
    figures.tunnels = tunnels_elsewhere_;
    for (const auto& [host, tunnels] : tunnels_) {
        figures.tunnels += tunnels;
        figures.most.push_back({host, tunnels});
    }
    const auto before = [](const auto& a, const auto& b) {
        return a.tunnels != b.tunnels ? a.tunnels > b.tunnels : a.host.text() < b.host.text();
    };
    const auto shown = std::min(figures.most.size(), kMostShown);
    std::partial_sort(figures.most.begin(),
                      figures.most.begin() + static_cast<std::ptrdiff_t>(shown),
                      figures.most.end(),
                      before);
    figures.most.erase(figures.most.begin() + static_cast<std::ptrdiff_t>(shown), figures.most.end());
    return figures;
}

}  // namespace fedtrail::proxy
