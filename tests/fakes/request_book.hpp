/// A request book in memory, as strict as its port says.

#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <vector>

#include "fedtrail/ports/request_book.hpp"

namespace fedtrail::testing {

class FakeRequestBook final : public RequestBook {
public:
    /// Called before a change is looked at, without a lock: a place to be faster than somebody.
    std::function<void()> before_record = [] {};
    /// The next `n` changes fail as a store that is away does.
    int failures = 0;
    std::set<records::RequestNumber> damaged;         ///< Those that cannot be read.
    std::set<records::RequestNumber> damaged_events;  ///< Whose history cannot be read.

    Result<records::ErasureRequest> open(records::ErasureRequest request,
                                         const records::RequestEvent& event) override {
        const std::scoped_lock lock{mutex_};
        if (failures > 0) {
            --failures;
            return fail(ErrorKind::Unavailable, "the fake request book was told to fail");
        }
        request.number = records::RequestNumber{rows_.size() + 1};
        request.version = 1;
        rows_.push_back(Row{request, {event}});
        return request;
    }

    Result<records::ErasureRequest> record(records::ErasureRequest request,
                                           const records::RequestEvent& event) override {
        before_record();
        const std::scoped_lock lock{mutex_};
        if (failures > 0) {
            --failures;
            return fail(ErrorKind::Unavailable, "the fake request book was told to fail");
        }
        auto* const row = find(request.number);
        if (row == nullptr) {
            return missing();
        }
        if (row->request.version != request.version) {
            return fail(ErrorKind::Conflict, "the request was changed meanwhile", "read it again");
        }
        ++request.version;
        row->request = request;
        row->events.push_back(event);
        return request;
    }

    Result<records::ErasureRequest> request(records::RequestNumber number) const override {
        const std::scoped_lock lock{mutex_};
        const auto* const row = find(number);
        if (row == nullptr) {
            return missing();
        }
        if (damaged.count(number) != 0) {
            return broken();
        }
        return row->request;
    }

    Result<int> open_wave(records::RequestNumber number) const override {
        const std::scoped_lock lock{mutex_};
        const auto* const row = find(number);
        if (row == nullptr) {
            return missing();
        }
        const auto& known = row->request;
        const bool sends = privacy::may_send(known.state) && !known.stopped;
        return !sends ? 0 : known.origin_gone_at ? 2 : 1;
    }

    Result<std::vector<records::ErasureRequest>> requests(const RequestFilter& filter) const override {
        const std::scoped_lock lock{mutex_};
        std::vector<records::ErasureRequest> found;
        for (const auto& row : rows_) {
            const auto& one = row.request;
            if (!fits(one, filter) || found.size() == filter.limit) {
                continue;
            }
            if (damaged.count(one.number) != 0) {
                return broken();
            }
            found.push_back(one);
        }
        return found;
    }

    Result<WholePage<records::ErasureRequest>> whole_requests(const RequestFilter& filter) const override {
        const std::scoped_lock lock{mutex_};
        WholePage<records::ErasureRequest> page;
        for (const auto& row : rows_) {
            const auto& one = row.request;
            if (!fits(one, filter) || page.rows.size() == filter.limit) {
                continue;
            }
            if (damaged.count(one.number) != 0) {
                page.pass_over({one.number, one.subject, broken().value()});
            } else {
                page.rows.push_back(one);
            }
        }
        return page;
    }

    /// How many histories were read.
    [[nodiscard]] int histories() const { return histories_; }

    Result<std::vector<records::RequestEvent>> events(records::RequestNumber number) const override {
        const std::scoped_lock lock{mutex_};
        ++histories_;
        if (damaged_events.count(number) != 0) {
            return broken();
        }
        const auto* const row = find(number);
        return row == nullptr ? std::vector<records::RequestEvent>{} : row->events;
    }

    Result<std::optional<records::RequestEvent>> last_event(records::RequestNumber number) const override {
        const std::scoped_lock lock{mutex_};
        const auto* const row = find(number);
        auto last = row == nullptr || row->events.empty() ? std::nullopt : std::optional{row->events.back()};
        if (last) {
            last->reason.clear();
        }
        return last;
    }

private:
    struct Row {
        records::ErasureRequest request;
        std::vector<records::RequestEvent> events;
    };

    static tl::unexpected<Error> missing() {
        return fail(ErrorKind::NotFound, "no erasure request has this number");
    }
    static tl::unexpected<Error> broken() {
        return fail(ErrorKind::Corrupt, "the fake book has a request that is damaged");
    }
    static bool fits(const records::ErasureRequest& one, const RequestFilter& filter) {
        return one.number > filter.after && (!filter.subject || one.subject == *filter.subject) &&
               (!filter.open_only || !privacy::is_closed(one.state));
    }
    const Row* find(records::RequestNumber number) const {
        const auto index = number.get() - 1;  // 0 wraps around and is not found
        return index < rows_.size() ? &rows_[index] : nullptr;
    }
    Row* find(records::RequestNumber number) {
        const auto index = number.get() - 1;
        return index < rows_.size() ? &rows_[index] : nullptr;
    }

    mutable std::mutex mutex_;
    mutable int histories_ = 0;
    std::vector<Row> rows_;
};

}  // namespace fedtrail::testing
