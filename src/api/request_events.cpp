/// Progress as server-sent events (WHATWG HTML, section 9.2).

#include <condition_variable>
#include <mutex>

#include "api/answers.hpp"
#include "api/api.hpp"
#include "api/request_json.hpp"

namespace fedtrail::api {

namespace {

using SteadyClock = std::chrono::steady_clock;

/// One stream: looks at the books now and then, for the change may come from another process.
class ProgressStream {
public:
    ProgressStream(const RequestDoors& doors, records::RequestNumber number)
        : doors_(doors), number_(number) {}

    std::optional<std::string> next(const std::stop_token& stop) {
        while (!stop.stop_requested() && !ended_) {
            if (auto news = look()) {
                return news;
            }
            if (SteadyClock::now() - said_ >= doors_.heartbeat) {
                return said(":\n\n");
            }
            std::unique_lock lock{guard_};
            wait_.wait_for(lock, stop, doors_.look_every, [] { return false; });
        }
        return std::nullopt;
    }

private:
    std::string said(std::string piece) {
        said_ = SteadyClock::now();
        return piece;
    }

    /// The event, if something is new.
    std::optional<std::string> look() {
        const auto request = doors_.requests.request(number_);
        const auto tally = request ? doors_.notices.tally(number_) : Result<NoticeTally>{fail(request)};
        if (!tally) {
            return std::nullopt;  // a busy store is looked at again; the heartbeat goes on
        }
        auto now = progress_json(*request, *tally);
        ended_ = privacy::is_closed(request->state);
        if (now == last_) {
            return std::nullopt;
        }
        last_ = now;
        return said(std::string{"event: "} + (ended_ ? "closed" : "progress") + "\ndata: " + now + "\n\n");
    }

    const RequestDoors& doors_;
    records::RequestNumber number_;
    std::string last_;
    bool ended_{};
    SteadyClock::time_point said_{SteadyClock::now()};
    std::mutex guard_;  ///< Of nothing: what waits needs one.
    std::condition_variable_any wait_;
};

}  // namespace

HttpResponse Api::request_events(const Call& call) {
    const auto request = request_for(call);
    if (!request) {
        return problem(request.error());
    }
    if (const auto noted = note_request(call, *request); !noted) {
        return problem(noted.error());
    }
    const auto stream = std::make_shared<ProgressStream>(doors_.erasure, request->number);
    HttpResponse answer{
        200, {{"Content-Type", "text/event-stream"}, {"X-Accel-Buffering", "no"}}, "retry: 3000\n\n"};
    answer.more = [stream](const std::stop_token& stop) { return stream->next(stop); };
    return answer;
}

}  // namespace fedtrail::api
