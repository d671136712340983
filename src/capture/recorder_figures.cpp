#include "capture/recorder_figures.hpp"

#include <algorithm>

namespace fedtrail::capture {

void CommitTimes::add(std::chrono::duration<double, std::milli> took) {
    const auto bound = std::lower_bound(kBounds.begin(), kBounds.end(), took.count());
    ++counts[static_cast<std::size_t>(bound - kBounds.begin())];
    sum_ms += took.count();
    last_ms = took.count();
}

}  // namespace fedtrail::capture
