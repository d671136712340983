#include "reports/timeline.hpp"

#include <algorithm>
#include <chrono>

namespace fedtrail::reports {

namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr days kDaysUpTo{62};
constexpr days kWeeksUpTo{366};
constexpr days kMonthsUpTo{8 * 366};

Step step_for(days span) {
    if (span <= kDaysUpTo) {
        return Step::Day;
    }
    if (span <= kWeeksUpTo) {
        return Step::Week;
    }
    return span <= kMonthsUpTo ? Step::Month : Step::Year;
}

sys_days start_of(sys_days day, Step step) {
    const year_month_day date{day};
    switch (step) {
        case Step::Day:
            return day;
        case Step::Week:
            return day - (std::chrono::weekday{day} - std::chrono::Monday);
        case Step::Month:
            return sys_days{date.year() / date.month() / 1};
        case Step::Year:
            return sys_days{date.year() / std::chrono::January / 1};
    }
    return day;
}

sys_days next_after(sys_days start, Step step) {
    // Long enough to reach the next one and too short to reach the one after it.
    switch (step) {
        case Step::Day:
            return start + days{1};
        case Step::Week:
            return start + days{7};
        case Step::Month:
            return start_of(start + days{31}, step);
        case Step::Year:
            return start_of(start + days{366}, step);
    }
    return start + days{1};
}

}  // namespace

Timeline timeline_of(const EachRecipient& recipients) {
    Timeline timeline;
    const auto& list = recipients.list();
    if (list.empty()) {
        return timeline;
    }
    timeline.first = list.front().get().pair.first;
    timeline.last = list.front().get().pair.last;
    for (const ReportedRecipient& one : list) {
        timeline.first = std::min(timeline.first, one.pair.first);
        timeline.last = std::max(timeline.last, one.pair.last);
    }
    const auto from = floor<days>(timeline.first);
    const auto until = floor<days>(timeline.last);
    timeline.step = step_for(until - from);
    for (auto start = start_of(from, timeline.step); start <= until;
         start = next_after(start, timeline.step)) {
        timeline.buckets.push_back(Bucket{start, 0});
    }
    for (const ReportedRecipient& one : list) {
        const auto after =
            std::upper_bound(timeline.buckets.begin(),
                             timeline.buckets.end(),
                             one.pair.first,
                             [](Instant at, const Bucket& bucket) { return at < bucket.start; });
        ++std::prev(after)->servers;
    }
    return timeline;
}

}  // namespace fedtrail::reports
