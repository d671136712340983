#include "capture/recorder_figures.hpp"

#include <algorithm>

namespace fedtrail::capture {

void CommitTimes::add(std::chrono::duration<double, std::milli> took) {
    const auto bound = std::lower_bound(kBounds.begin(), kBounds.end(), took.count());
    ++counts[static_cast<std::size_t>(bound - kBounds.begin())];
    sum_ms += took.count();
    last_ms = took.count();
}

void RecorderFigures::add_sender(const std::string& host, std::uint64_t count) {
    if (const auto known = senders.find(host); known != senders.end()) {
        known->second += count;
        return;
    }
    if (senders.size() >= kSenders) {
        senders.erase(std::min_element(senders.begin(), senders.end(), [](const auto& a, const auto& b) {
            return a.second < b.second;
        }));
    }
    senders.emplace(host, count);
}

}  // namespace fedtrail::capture
