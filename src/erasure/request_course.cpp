#include "erasure/request_course.hpp"

#include <algorithm>
#include <utility>

namespace fedtrail::erasure {

namespace {

using privacy::RequestEventKind;

/// Reads one event after the other.
class CourseReading {
public:
    CourseReading(const privacy::Day& received, const LegalCalendar& calendar) : calendar_(&calendar) {
        course_.counts_from = received;
    }

    void add(const records::RequestEvent& event) {
        const auto day = local_day(event.at, *calendar_);
        note_pause(event.kind, day);
        if (event.kind == RequestEventKind::Woken) {
            wake(day);
        } else if (event.kind == RequestEventKind::Extended) {
            course_.extended = true;
            course_.extension_told.reset();
        } else if (event.kind == RequestEventKind::Answered) {
            // What is written while it is open says that work goes on, not how it ended.
            // A duplicate's end is the other request's.
            course_.told_end =
                privacy::is_closed(event.state) && event.state != privacy::RequestState::Duplicate;
            if (course_.extended && !course_.extension_told) {
                course_.extension_told = day;
            }
        }
    }

    [[nodiscard]] RequestCourse take() && { return std::move(course_); }

private:
    void note_pause(RequestEventKind kind, const privacy::Day& day) {
        if (kind == RequestEventKind::IdentityAsked || kind == RequestEventKind::InfoAsked) {
            course_.pauses.push_back(privacy::Pause{not_before(day), std::nullopt});
            paused_ = true;
            ends_with_ = kind == RequestEventKind::InfoAsked ? RequestEventKind::InfoGiven
                                                             : RequestEventKind::IdentityVerified;
            return;
        }
        // Nobody waits for an answer any more once the request is closed or another one's duplicate.
        const bool closes = kind == RequestEventKind::MarkedDuplicate || kind == RequestEventKind::Refused ||
                            kind == RequestEventKind::Withdrawn;
        if (paused_ && (kind == ends_with_ || closes)) {
            course_.pauses.back().answered = std::max(day, course_.pauses.back().asked);
            paused_ = false;
        }
    }

    /// What came later did not happen on an earlier day: the machine's clock was put back in between.
    [[nodiscard]] privacy::Day not_before(const privacy::Day& day) const {
        const bool first = course_.pauses.empty();
        return std::max(day,
                        first ? course_.counts_from
                              : course_.pauses.back().answered.value_or(course_.pauses.back().asked));
    }

    void wake(const privacy::Day& day) {
        if (course_.told_end) {
            course_ = RequestCourse{};
            course_.counts_from = day;
            paused_ = false;
        }
    }

    RequestCourse course_;
    bool paused_{};
    RequestEventKind ends_with_{};  ///< The pause that is open.
    const LegalCalendar* calendar_;
};

}  // namespace

RequestCourse course_of(std::span<const records::RequestEvent> events,
                        const privacy::Day& received,
                        const LegalCalendar& calendar) {
    CourseReading reading{received, calendar};
    for (const auto& event : events) {
        reading.add(event);
    }
    return std::move(reading).take();
}

}  // namespace fedtrail::erasure
