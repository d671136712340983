#include "erasure/told_elsewhere.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "fedtrail/ports/visit_books.hpp"

#include "erasure/heard_check.hpp"
#include "erasure/notice_pages.hpp"

namespace fedtrail::erasure {

namespace {

using fediverse::ObjectForm;

bool has_form(const std::vector<ObjectForm>& forms, ObjectForm form) {
    return std::find(forms.begin(), forms.end(), form) != forms.end();
}

/// Whether it was opened by the origin's own Delete. Where the origin took that back it went on, and those
/// that it had told got more.
bool is_of_origin(const records::ErasureRequest& other) {
    const bool taken_back = other.stopped || other.state == privacy::RequestState::Withdrawn;
    return other.source == records::RequestSource::Observed && !taken_back;
}

/// Whether what was told in it is a part of what is asked: the account, or posts, of which an account has
/// many.
bool tells(const records::ErasureRequest& other, const records::ErasureRequest& request) {
    using records::ScopeKind;
    const bool account = request.scope.kind == ScopeKind::Account;
    return other.number != request.number && is_of_origin(other) &&
           (other.scope.kind == ScopeKind::Objects || (account && other.scope.kind == ScopeKind::Account));
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

/// Pairs of a post and a server that are remembered for one plan: some 100 MB. The rest is sent again.
constexpr std::size_t kMostHeard = 2'500'000;

template <typename Heard>
auto* heard_in(Heard& heard, std::uint32_t post) {
    const auto found =
        std::lower_bound(heard.begin(), heard.end(), post, [](const auto& one, std::uint32_t wanted) {
            return one.post < wanted;
        });
    return found == heard.end() || found->post != post || found->unsure ? nullptr : &*found;
}

/// Which posts the origin itself told whom of.
class ToldPosts {
public:
    ToldPosts(const PlannerPorts& ports, PlanCase& plan_case, std::vector<Target>& targets)
        : ports_(ports),
          case_(plan_case),
          targets_(targets),
          account_(plan_case.request.scope.kind == records::ScopeKind::Account),
          wanted_(!account_ || std::any_of(targets.begin(), targets.end(), names_posts_alone)) {}

    /// Where a copy was seen, in whichever request of the person. Before add().
    [[nodiscard]] Result<void> read_kept() {
        if (!account_ || !wanted_) {
            return {};
        }
        NoticeFilter filter;
        filter.subject = case_.request.subject;
        filter.state = fediverse::NoticeState::StillPresent;
        return each_notice(ports_.notices, filter, [&](records::Notice&& notice) {
            kept_at_.insert(notice.recipient);
            return true;
        });
    }

    /// Of one request that the origin's own Deletes opened.
    [[nodiscard]] Result<void> add(const records::ErasureRequest& other) {
        const auto posts = wanted_ ? numbers_of(other.scope.objects) : std::vector<std::uint32_t>{};
        if (posts.empty()) {
            return {};
        }
        NoticeFilter filter;
        filter.request = other.number;
        return each_notice(ports_.notices, filter, [&](records::Notice&& notice) {
            if (notice.acknowledged_at && is_heard_of(notice)) {
                hear(notice, posts, other.received_at);
            }
            return true;
        });
    }

    [[nodiscard]] Result<void> mark() {
        bool any = false;
        for (auto& target : targets_) {
            keep_last(target.heard);
            any = any || !target.heard.empty();
        }
        if (!any || case_.chosen.empty()) {
            return {};
        }
        HeardCheck check{ports_, case_, targets_};
        for (const auto& post : case_.chosen) {
            if (auto confirmed = check.confirm(post); !confirmed) {
                return confirmed;
            }
        }
        for (auto& target : targets_) {
            mark_one(target);
        }
        return {};
    }

private:
    /// Of chosen posts those that are chosen.
    [[nodiscard]] std::vector<std::uint32_t> numbers_of(const std::vector<Personal<std::string>>& objects) {
        std::vector<std::uint32_t> numbers;
        for (const auto& object : objects) {
            if (case_.chosen.empty() || case_.chosen.count(object.reveal()) != 0) {
                const auto next = static_cast<std::uint32_t>(case_.told_posts.size());
                numbers.push_back(case_.told_posts.emplace(object.reveal(), next).first->second);
            }
        }
        return numbers;
    }

    /// Whether it took the origin's Delete, and nothing says since that it kept the copy. What its software
    /// is may be known better by now.
    [[nodiscard]] bool is_heard_of(const records::Notice& notice) const {
        using fediverse::NoticeState;
        const auto* const target = target_at(targets_, notice.recipient);
        const bool kept = notice.rounds > 0 || notice.state == NoticeState::StillPresent;
        if (!notice.seen_from_origin || kept || target == nullptr) {
            return false;
        }
        if (account_ ? kept_at_.count(notice.recipient) != 0 || !names_posts_alone(*target)
                     : target->told_by_origin) {
            return false;
        }
        const bool own_kept =
            is_in_a_round(*target) || (target->notice && target->notice->state == NoticeState::StillPresent);
        return !own_kept && obeys_the_origin(*target->dialect, false);
    }

    /// Of the account's own Delete everybody else is told, and that takes the posts along.
    static bool names_posts_alone(const Target& target) {
        return leaves_out_told(*target.dialect) && !passes_on(target.entry, *target.dialect);
    }

    static void keep_last(std::vector<ToldPost>& heard) {
        std::sort(heard.begin(), heard.end(), [](const auto& a, const auto& b) {
            return std::pair{a.post, b.at} < std::pair{b.post, a.at};
        });
        const auto same = [](const auto& a, const auto& b) { return a.post == b.post; };
        heard.erase(std::unique(heard.begin(), heard.end(), same), heard.end());
    }

    void hear(const records::Notice& notice, const std::vector<std::uint32_t>& posts, Instant begun) {
        auto& heard = target_at(targets_, notice.recipient)->heard;
        const auto at = *notice.acknowledged_at;  // of the last of them
        for (auto post = posts.begin(); post != posts.end() && pairs_ < kMostHeard; ++post, ++pairs_) {
            heard.push_back({*post, false, std::min(begun, at), at});
        }
    }

    /// Whether it was told of everything that it is counted for.
    void mark_one(Target& target) const {
        std::optional<Instant> last;
        std::size_t place = 0;
        for (const auto& uri : case_.chosen) {
            const bool counted = place < target.counted.size() && target.counted[place];
            ++place;
            if (!counted) {
                continue;
            }
            const auto* const told = told_of(target, told_post(case_, uri));
            if (told == nullptr) {
                return;
            }
            last = std::max(last, std::optional{told->at});
        }
        if (last) {
            target.told_by_origin = true;
            target.told_at = last;
            target.heard.clear();
        }
    }

    const PlannerPorts& ports_;
    PlanCase& case_;
    std::vector<Target>& targets_;
    bool account_;
    bool wanted_;  ///< Somebody is spared something by it.
    std::set<Host> kept_at_;
    std::size_t pairs_{};  ///< Pairs in `heard` of all targets.
};

}  // namespace

std::optional<std::uint32_t> told_post(const PlanCase& plan_case, std::string_view uri) {
    const auto post = plan_case.told_posts.find(uri);
    return post == plan_case.told_posts.end() ? std::nullopt : std::optional{post->second};
}

const ToldPost* told_of(const Target& target, std::optional<std::uint32_t> post) {
    return post ? heard_in(target.heard, *post) : nullptr;
}

ToldPost* told_of(Target& target, std::optional<std::uint32_t> post) {
    return post ? heard_in(target.heard, *post) : nullptr;
}

bool obeys_the_origin(const fediverse::Dialect& dialect, bool account) {
    return account ? has_form(dialect.actor_forms, ObjectForm::Plain) && !dialect.remove_data
                   : has_form(dialect.obeyed_forms, ObjectForm::Plain) &&
                         has_form(dialect.obeyed_forms, ObjectForm::Tombstone);
}

bool leaves_out_told(const fediverse::Dialect& dialect) {
    return dialect.account != fediverse::AccountPlan::ActorOnly && !dialect.asks_origin &&
           !dialect.passes_on && obeys_the_origin(dialect, false);
}

Result<void> mark_told_elsewhere(const PlannerPorts& ports,
                                 PlanCase& plan_case,
                                 std::vector<Target>& targets) {
    const auto& request = plan_case.request;
    const bool posts_again = request.source == records::RequestSource::Observed &&
                             request.scope.kind == records::ScopeKind::Objects;
    if (posts_again) {  // the origin deletes them anew, for a reason; whom it tells is in its own notices
        return {};
    }
    ToldPosts posts{ports, plan_case, targets};
    if (auto read = posts.read_kept(); !read) {
        return read;
    }
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

namespace {

/// What the origin deleted in these requests.
Result<std::set<std::string, std::less<>>> posts_of(const RequestBook& requests,
                                                    const std::vector<records::RequestNumber>& numbers) {
    std::set<std::string, std::less<>> posts;
    for (const auto number : numbers) {
        const auto other = requests.request(number);
        if (!other) {
            return fail(other);
        }
        if (!is_of_origin(*other)) {
            continue;
        }
        for (const auto& object : other->scope.objects) {
            posts.insert(object.reveal());
        }
    }
    return posts;
}

}  // namespace

Result<std::vector<std::uint32_t>> told_places(const RequestBook& requests,
                                               const NoticeBook& notices,
                                               const records::Notice& notice) {
    std::vector<records::RequestNumber> others;
    NoticeFilter filter;
    filter.recipient = notice.recipient;
    filter.subject = notice.subject;
    const auto read = each_notice(notices, filter, [&](records::Notice&& one) {
        if (one.seen_from_origin && one.request != notice.request) {
            others.push_back(one.request);
        }
        return true;
    });
    if (!read) {
        return fail(read);
    }
    const auto told = posts_of(requests, others);
    if (!told) {
        return fail(told);
    }
    std::vector<std::uint32_t> places;
    const auto objects =
        told->empty() ? Result<std::vector<records::ErasedObject>>{} : notices.objects(notice.request, {});
    if (!objects) {
        return fail(objects);
    }
    for (std::uint32_t place = 0; place < objects->size(); ++place) {
        const auto& object = objects->at(place);
        if (!object.held_for_law && told->count(object.uri.reveal()) != 0) {
            places.push_back(place);
        }
    }
    return places;
}

Result<std::vector<std::uint32_t>> left_out_places(const RequestBook& requests,
                                                   const NoticeBook& notices,
                                                   const fediverse::Dialects* dialects,
                                                   const records::ErasureRequest& request,
                                                   const records::Notice& notice) {
    const bool left_out = request.scope.kind != records::ScopeKind::Account ||
                          (dialects != nullptr && leaves_out_told(dialects->named(notice.dialect)));
    return left_out ? told_places(requests, notices, notice) : Result<std::vector<std::uint32_t>>{};
}

}  // namespace fedtrail::erasure
