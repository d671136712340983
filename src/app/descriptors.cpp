#include "app/descriptors.hpp"

#include <algorithm>

#include <sys/resource.h>

namespace fedtrail::app {

namespace {
/// The API's and the log's visitors, messages and looks of erasures, the stores.
constexpr std::uint64_t kBesides = 4096;
/// The default is meant for the largest servers: a tenth of it does for the others.
constexpr std::uint64_t kFew = 10;
}  // namespace

std::uint64_t descriptors_for(std::uint64_t wanted) {
    return 2 * wanted + kBesides;
}

std::uint64_t connections_with(std::uint64_t descriptors, std::uint64_t wanted) {
    const auto besides = std::min(kBesides, descriptors / 2);
    return std::clamp<std::uint64_t>((descriptors - besides) / 2, 1, std::max<std::uint64_t>(wanted, 1));
}

bool is_too_few(std::uint64_t held, std::uint64_t wanted, bool asked) {
    return held < wanted && (asked || held < wanted / kFew);
}

std::uint64_t allow_descriptors(std::uint64_t wanted) {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) {
        return wanted;
    }
    const auto asked = std::min<rlim_t>(wanted, limit.rlim_max);
    if (limit.rlim_cur < asked) {
        const rlimit raised{asked, limit.rlim_max};
        limit.rlim_cur = ::setrlimit(RLIMIT_NOFILE, &raised) == 0 ? asked : limit.rlim_cur;
    }
    return limit.rlim_cur;
}

}  // namespace fedtrail::app
