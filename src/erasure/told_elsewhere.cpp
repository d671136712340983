#include "erasure/told_elsewhere.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "fedtrail/ports/visit_books.hpp"

#include "erasure/notice_pages.hpp"
#include "erasure/plan_steps.hpp"

namespace fedtrail::erasure {

namespace {

using fediverse::ObjectForm;

bool has_form(const std::vector<ObjectForm>& forms, ObjectForm form) {
    return std::find(forms.begin(), forms.end(), form) != forms.end();
}

/// Whether the origin was seen to delete the same kind of thing, and the request was opened by that. Where it
/// took that back it went on, and those that it had told got more.
bool tells(const records::ErasureRequest& other, const records::ErasureRequest& request) {
    const bool taken_back = other.stopped || other.state == privacy::RequestState::Withdrawn;
    return other.number != request.number && other.source == records::RequestSource::Observed &&
           other.scope.kind == request.scope.kind && !taken_back;
}

Target* target_at(std::vector<Target>& targets, const Host& host) {
    const auto found =
        std::lower_bound(targets.begin(), targets.end(), host, [](const Target& one, const Host& wanted) {
            return one.entry.host < wanted;
        });
    return found == targets.end() || found->entry.host != host ? nullptr : &*found;
}

/// Its copy came back, and is told of anew.
bool is_in_a_round(const Target& target) {
    return target.notice && target.notice->rounds > 0;
}

Result<void> mark_account(records::RequestNumber other,
                          const NoticeBook& notices,
                          std::vector<Target>& targets) {
    NoticeFilter filter;
    filter.request = other;
    return each_notice(notices, filter, [&](records::Notice&& notice) {
        auto* const target = notice.seen_from_origin ? target_at(targets, notice.recipient) : nullptr;
        if (target != nullptr && !is_in_a_round(*target)) {
            target->told_by_origin = true;
            target->told_at = notice.acknowledged_at;
        }
        return true;
    });
}

/// Which of the chosen posts the origin itself told whom of.
class ToldPosts {
public:
    ToldPosts(const PlannerPorts& ports, const PlanCase& plan_case, std::vector<Target>& targets)
        : ports_(ports),
          case_(plan_case),
          targets_(targets),
          chosen_(case_.chosen.begin(), case_.chosen.end()) {}

    /// Of one request that the origin's own Deletes opened.
    [[nodiscard]] Result<void> add(const records::ErasureRequest& other) {
        std::vector<std::size_t> places;
        for (const auto& object : other.scope.objects) {
            if (const auto place = place_of(object.reveal())) {
                places.push_back(*place);
            }
        }
        if (places.empty()) {
            return {};
        }
        NoticeFilter filter;
        filter.request = other.number;
        return each_notice(ports_.notices, filter, [&](records::Notice&& notice) {
            if (is_heard_of(notice)) {
                add_times(notice, places);
            }
            return true;
        });
    }

    [[nodiscard]] Result<void> mark() {
        if (told_.empty()) {
            return {};
        }
        if (auto dropped = drop_given_anew(); !dropped) {
            return dropped;
        }
        for (const auto& [host, times] : told_) {
            mark_one(*target_at(targets_, host), times);
        }
        return {};
    }

private:
    using Times = std::vector<std::optional<Instant>>;  ///< By place in `chosen_`.

    [[nodiscard]] std::optional<std::size_t> place_of(std::string_view uri) const {
        const auto found = std::lower_bound(chosen_.begin(), chosen_.end(), uri);
        return found == chosen_.end() || *found != uri
                   ? std::nullopt
                   : std::optional{static_cast<std::size_t>(found - chosen_.begin())};
    }

    /// Whether it took the origin's Delete, and nothing says since that it kept the copy. What its software
    /// is may be known better by now.
    [[nodiscard]] bool is_heard_of(const records::Notice& notice) const {
        using fediverse::NoticeState;
        const auto* const target = target_at(targets_, notice.recipient);
        const bool kept = notice.rounds > 0 || notice.state == NoticeState::StillPresent;
        if (!notice.seen_from_origin || kept || target == nullptr || target->told_by_origin) {
            return false;
        }
        const bool own_kept =
            is_in_a_round(*target) || (target->notice && target->notice->state == NoticeState::StillPresent);
        return !own_kept && obeys_the_origin(*target->dialect, false);
    }

    void add_times(const records::Notice& notice, const std::vector<std::size_t>& places) {
        auto& times = told_[notice.recipient];
        times.resize(chosen_.size());
        for (const auto place : places) {
            times[place] = std::max(times[place], notice.acknowledged_at);
        }
    }

    /// What left for a server after it was told of it is a new copy.
    [[nodiscard]] Result<void> drop_given_anew() {
        std::vector<Host> hosts;
        std::vector<Times*> times;
        for (auto& [host, told] : told_) {
            hosts.push_back(host);
            times.push_back(&told);
        }
        const auto drop = [&](const HeldActivity& held, std::span<const std::uint32_t> at) {
            const bool thing = erased_thing(held, case_.actor).treatment != Treatment::Nothing;
            const auto place = thing ? place_of(held.object.reveal()) : std::nullopt;
            for (auto one = at.begin(); place && one != at.end(); ++one) {
                auto& told = (*times[*one])[*place];
                told = told && held.first > *told ? std::nullopt : told;
            }
            return true;
        };
        return ports_.holdings.visit_held(case_.request.subject, hosts, drop);
    }

    /// Only who was told of everything that it is counted for: the rest goes in one plan.
    static void mark_one(Target& target, const Times& times) {
        std::optional<Instant> last;
        for (std::size_t place = 0; place < target.counted.size(); ++place) {
            if (target.counted[place] && !times[place]) {
                return;
            }
            last = target.counted[place] ? std::max(last, times[place]) : last;
        }
        if (last) {
            target.told_by_origin = true;
            target.told_at = last;
        }
    }

    const PlannerPorts& ports_;
    const PlanCase& case_;
    std::vector<Target>& targets_;
    std::vector<std::string_view> chosen_;  ///< Ascending, as in PlanCase::chosen.
    std::map<Host, Times> told_;
};

}  // namespace

bool obeys_the_origin(const fediverse::Dialect& dialect, bool account) {
    return account ? has_form(dialect.actor_forms, ObjectForm::Plain) && !dialect.remove_data
                   : has_form(dialect.obeyed_forms, ObjectForm::Plain) &&
                         has_form(dialect.obeyed_forms, ObjectForm::Tombstone);
}

Result<void> mark_told_elsewhere(const PlannerPorts& ports,
                                 const PlanCase& plan_case,
                                 std::vector<Target>& targets) {
    const auto& request = plan_case.request;
    const bool posts_again = request.source == records::RequestSource::Observed &&
                             request.scope.kind == records::ScopeKind::Objects;
    if (posts_again) {  // the origin deletes them anew, for a reason; whom it tells is in its own notices
        return {};
    }
    ToldPosts posts{ports, plan_case, targets};
    RequestFilter filter;
    filter.subject = request.subject;
    auto visited =
        visit_requests(ports.requests, filter, [&](const records::ErasureRequest& other) -> Result<void> {
            if (!tells(other, request)) {
                return {};
            }
            return other.scope.kind == records::ScopeKind::Account
                       ? mark_account(other.number, ports.notices, targets)
                       : posts.add(other);
        });
    return visited ? posts.mark() : visited;
}

}  // namespace fedtrail::erasure
