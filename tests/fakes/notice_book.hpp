/// A notice book in memory, as strict as its ports say.

#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "fedtrail/ports/notice_book.hpp"
#include "fedtrail/ports/notice_outcomes.hpp"
#include "fedtrail/ports/request_book.hpp"

namespace fedtrail::testing {

/// Asks `requests` whether notices may leave.
class FakeNoticeBook final : public NoticeBook, public NoticeOutcomes {
public:
    explicit FakeNoticeBook(const RequestBook& requests) : requests_(&requests) {}

    /// Called in apply() and plan() before anything is written. A failure is given on.
    std::function<Result<void>()> before_write = []() -> Result<void> { return {}; };
    std::set<records::NoticeNumber> damaged;           ///< Whose history cannot be read.
    std::set<records::NoticeNumber> damaged_rows;      ///< Which cannot be read.
    std::set<records::RequestNumber> damaged_objects;  ///< Whose objects cannot be read, but the first.
    std::set<Host> damaged_outcomes;                   ///< Whose outcomes cannot be read.
    [[nodiscard]] int commits() const { return commits_; }
    /// How many histories were read.
    [[nodiscard]] int histories() const { return histories_; }

    Result<void> plan(records::RequestNumber request,
                      std::span<const records::ErasedObject> objects,
                      std::span<const records::Notice> notices) override {
        if (auto allowed = before_write(); !allowed) {
            return allowed;
        }
        if (const auto there = requests_->request(request); !there) {
            return fail(there);
        }
        const std::scoped_lock lock{mutex_};
        auto& known = objects_[request.get()];
        if (objects.size() < known.size()) {
            return fail(ErrorKind::Invalid, "the list of objects lacks some that are known");
        }
        for (std::size_t i = 0; i < known.size(); ++i) {
            if (known[i].uri != objects[i].uri || !(known[i].categories == objects[i].categories)) {
                return fail(ErrorKind::Invalid, "the list of objects does not begin with the known ones");
            }
        }
        for (const auto& notice : notices) {
            if (auto right = check(request, notice, objects.size()); !right) {
                return right;
            }
        }
        if (!each_told_once(request, notices)) {
            return fail(ErrorKind::Conflict, "a recipient has its notice in this request already");
        }
        known.assign(objects.begin(), objects.end());
        for (auto notice : notices) {
            notice.number = records::NoticeNumber{++last_};
            notice.version = 1;
            notices_.emplace(last_, Row{std::move(notice), {}});
        }
        ++commits_;
        return {};
    }

    Result<void> apply(const NoticeChange& change) override {
        if (auto allowed = before_write(); !allowed) {
            return allowed;
        }
        const std::scoped_lock lock{mutex_};
        const auto known = [&](records::NoticeNumber number) { return notices_.count(number.get()) != 0; };
        const auto all = [&](const auto& list, const auto& number_of) {
            return std::all_of(
                list.begin(), list.end(), [&](const auto& one) { return known(number_of(one)); });
        };
        const auto of_notice = [](const auto& one) { return one.notice; };
        if (!all(change.notices, [](const records::Notice& one) { return one.number; }) ||
            !all(change.attempts, of_notice) || !all(change.looks, of_notice) ||
            !all(change.letters, of_notice)) {
            return fail(ErrorKind::NotFound, "no notice has this number");
        }
        std::set<records::NoticeNumber> changed;
        for (const auto& notice : change.notices) {
            if (notices_.at(notice.number.get()).notice.version != notice.version ||
                !changed.insert(notice.number).second) {
                return fail(ErrorKind::Conflict, "the notice was changed meanwhile", "read it again");
            }
        }
        for (const auto& notice : change.notices) {
            auto& stored = notices_.at(notice.number.get()).notice;
            stored = notice;
            ++stored.version;
        }
        for (const auto& one : change.attempts) {
            notices_.at(one.notice.get()).history.attempts.push_back(one);
        }
        for (const auto& one : change.looks) {
            notices_.at(one.notice.get()).history.looks.push_back(one);
        }
        for (const auto& one : change.letters) {
            notices_.at(one.notice.get()).history.letters.push_back(one);
        }
        ++commits_;
        return {};
    }

    Result<std::vector<records::Notice>> notices(const NoticeFilter& filter) const override {
        auto found = all_that_fit(filter);
        if (found && found->size() > filter.limit) {
            found->resize(filter.limit);
        }
        const bool broken = found && std::any_of(found->begin(), found->end(), [this](const auto& notice) {
                                return damaged_rows.count(notice.number) != 0;
                            });
        return broken ? fail(ErrorKind::Corrupt, "the fake book has a notice that is damaged") : found;
    }

    Result<WholePage<records::Notice>> whole_notices(const NoticeFilter& filter) const override {
        auto found = all_that_fit(filter);
        if (!found) {
            return fail(found);
        }
        WholePage<records::Notice> page;
        for (auto& notice : *found) {
            if (page.rows.size() == filter.limit) {
                break;
            }
            if (damaged_rows.count(notice.number) != 0) {
                page.pass_over({notice.number,
                                notice.subject,
                                {ErrorKind::Corrupt, "the fake book has a notice that is damaged", {}}});
            } else {
                page.rows.push_back(std::move(notice));
            }
        }
        return page;
    }

    Result<std::vector<NoticeOutcome>> outcomes(const Host& recipient) const override {
        const std::scoped_lock lock{mutex_};
        if (damaged_outcomes.count(recipient) != 0) {
            return fail(ErrorKind::Corrupt, "the fake book has a notice that is damaged");
        }
        std::vector<NoticeOutcome> all;
        for (const auto& [number, row] : notices_) {
            const auto& notice = row.notice;
            const auto request = requests_->request(notice.request);
            if (notice.recipient == recipient && request) {
                all.push_back({request->subject,
                               request->state,
                               notice.state,
                               notice.presence,
                               notice.acknowledged_at.has_value(),
                               notice.declined > 0,
                               records::was_told(notice)});
            }
        }
        return all;
    }
    Result<NoticeTally> tally(records::RequestNumber request) const override {
        const std::scoped_lock lock{mutex_};
        NoticeTally tally;
        for (const auto& [number, row] : notices_) {
            const auto& notice = row.notice;
            if (notice.request != request) {
                continue;
            }
            ++tally.notices;
            ++tally.states[notice.state];
            tally.steps += notice.steps.size();
            tally.steps_done += std::min<std::uint64_t>(notice.position, notice.steps.size());
            const bool sends = notice.state == fediverse::NoticeState::Planned ||
                               notice.state == fediverse::NoticeState::Sent ||
                               (notice.state == fediverse::NoticeState::Acknowledged && notice.next_at);
            const bool leaves = sends && notice.position < notice.steps.size();
            tally.to_leave += leaves ? 1 : 0;
            tally.first_wave += leaves && notice.steps[notice.position].wave < 2 ? 1 : 0;
        }
        return tally;
    }

    Result<std::vector<records::ErasedObject>> objects(
        records::RequestNumber request, std::span<const std::uint32_t> indexes) const override {
        const std::scoped_lock lock{mutex_};
        const auto found = objects_.find(request.get());
        const auto& all = found == objects_.end() ? nothing_ : found->second;
        const bool first_alone = indexes.size() == 1 && indexes.front() == 0;
        if (damaged_objects.count(request) != 0 && !first_alone) {
            return fail(ErrorKind::Corrupt, "the fake book has objects that are damaged");
        }
        if (indexes.empty()) {
            return all;
        }
        std::vector<records::ErasedObject> chosen;
        for (const auto index : indexes) {
            if (index >= all.size()) {
                return fail(ErrorKind::Corrupt, "a notice names an object that its request does not have");
            }
            chosen.push_back(all[index]);
        }
        return chosen;
    }

    Result<NoticeHistory> history(records::NoticeNumber notice) const override {
        const std::scoped_lock lock{mutex_};
        const auto found = notices_.find(notice.get());
        if (found == notices_.end()) {
            return fail(ErrorKind::NotFound, "no notice has this number");
        }
        if (damaged.count(notice) != 0) {
            return fail(ErrorKind::Corrupt, "the fake book has a notice that is damaged");
        }
        ++histories_;
        return found->second.history;
    }

    Result<std::vector<LetterOfNotice>> letters(const LetterFilter& filter) const override {
        const std::scoped_lock lock{mutex_};
        std::vector<LetterOfNotice> all;
        for (const auto& [number, row] : notices_) {
            const auto& notice = row.notice;
            if ((filter.request && notice.request != *filter.request) ||
                (filter.recipient && notice.recipient != *filter.recipient)) {
                continue;
            }
            if (damaged.count(notice.number) != 0) {
                return fail(ErrorKind::Corrupt, "the fake book has a notice that is damaged");
            }
            for (const auto& letter : row.history.letters) {
                all.push_back({notice.request, notice.recipient, notice.state, letter});
            }
        }
        return all;
    }

private:
    struct Row {
        records::Notice notice;
        NoticeHistory history;
    };

    Result<std::vector<records::Notice>> all_that_fit(const NoticeFilter& filter) const {
        std::vector<records::Notice> found;
        {
            const std::scoped_lock lock{mutex_};
            for (const auto& [number, row] : notices_) {
                if (fits(row.notice, filter)) {
                    found.push_back(row.notice);
                }
            }
        }
        if (filter.due_at) {
            if (auto sending = keep_sending(found); !sending) {
                return fail(sending);
            }
        }
        order(found, filter);
        return found;
    }

    Result<void> check(records::RequestNumber request,
                       const records::Notice& notice,
                       std::size_t objects) const {
        const bool in_list =
            std::all_of(notice.steps.begin(), notice.steps.end(), [&](const records::NoticeStep& step) {
                return step.kind == fediverse::StepKind::DeleteActor || step.object < objects;
            });
        if (notice.request != request || notice.recipient.empty() || !in_list) {
            return fail(ErrorKind::Invalid, "a notice does not fit its request");
        }
        return {};
    }

    [[nodiscard]] bool each_told_once(records::RequestNumber request,
                                      std::span<const records::Notice> more) const {
        std::set<Host> told;
        for (const auto& [number, row] : notices_) {
            if (row.notice.request == request) {
                told.insert(row.notice.recipient);
            }
        }
        return std::all_of(more.begin(), more.end(), [&](const records::Notice& notice) {
            return told.insert(notice.recipient).second;
        });
    }

    static bool fits(const records::Notice& notice, const NoticeFilter& filter) {
        return notice.number > filter.after && (!filter.request || notice.request == *filter.request) &&
               (!filter.recipient || notice.recipient == *filter.recipient) &&
               (!filter.subject || notice.subject == *filter.subject) &&
               (!filter.due_at || (notice.next_at && *notice.next_at <= *filter.due_at)) &&
               (!filter.look_at || (notice.next_look_at && *notice.next_look_at <= *filter.look_at)) &&
               (!filter.state || notice.state == *filter.state) &&
               std::find(filter.not_to.begin(), filter.not_to.end(), notice.recipient) == filter.not_to.end();
    }

    Result<void> keep_sending(std::vector<records::Notice>& notices) const {
        std::map<std::uint64_t, int> waves;  // up to which a request lets leave
        std::vector<records::Notice> kept;
        for (auto& notice : notices) {
            const auto number = notice.request.get();
            if (waves.count(number) == 0) {
                const auto wave = requests_->open_wave(notice.request);
                if (!wave) {
                    return fail(wave);
                }
                waves[number] = *wave;
            }
            const int wave = notice.position < notice.steps.size() ? notice.steps[notice.position].wave : 1;
            if (wave <= waves[number]) {
                kept.push_back(std::move(notice));
            }
        }
        notices = std::move(kept);
        return {};
    }

    static void order(std::vector<records::Notice>& notices, const NoticeFilter& filter) {
        if (filter.due_at) {
            std::stable_sort(notices.begin(), notices.end(), [](const auto& a, const auto& b) {
                return *a.next_at < *b.next_at;
            });
        } else if (filter.look_at) {
            std::stable_sort(notices.begin(), notices.end(), [](const auto& a, const auto& b) {
                return *a.next_look_at < *b.next_look_at;
            });
        }
    }

    const RequestBook* requests_;
    mutable std::mutex mutex_;
    std::map<std::uint64_t, Row> notices_;
    std::map<std::uint64_t, std::vector<records::ErasedObject>> objects_;
    std::vector<records::ErasedObject> nothing_;
    std::uint64_t last_{};
    int commits_{};
    mutable int histories_{};
};

}  // namespace fedtrail::testing
