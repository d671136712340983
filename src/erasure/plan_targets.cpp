#include "erasure/plan_targets.hpp"

#include <algorithm>
#include <utility>

#include "erasure/notice_pages.hpp"
#include "erasure/reason.hpp"
#include "erasure/told_elsewhere.hpp"

namespace fedtrail::erasure {

namespace {

/// Silence that is longer than a weekend's outage.
constexpr std::chrono::days kSilent{7};

using Targets = std::map<Host, Target>;

/// Whom a request means: a host that it names stands for all hosts of its recipient, whatever their ports.
class Meant {
public:
    [[nodiscard]] static Result<Meant> by(const records::ErasureScope& scope,
                                          const RecipientDirectory& directory) {
        Meant meant;
        if (scope.recipients.empty()) {
            return meant;
        }
        const auto joined = directory.joined();
        if (!joined) {
            return fail(joined);
        }
        meant.everybody_ = false;
        for (const auto& host : scope.recipients) {
            meant.named_.insert(host);
            for (auto& name : (*joined)->names_of(host)) {
                meant.by_name_.emplace(std::move(name), host);
            }
        }
        return meant;
    }

    [[nodiscard]] bool has(const Host& host) const {
        return everybody_ || by_name_.find(privacy::without_port(host)) != by_name_.end();
    }
    /// Empty: the host is named itself, or nobody is.
    [[nodiscard]] Host named_as(const Host& host) const {
        const auto found = by_name_.find(privacy::without_port(host));
        return found == by_name_.end() || named_.count(host) != 0 ? Host{} : found->second;
    }

private:
    bool everybody_{true};
    std::set<Host> named_;
    std::map<std::string, Host, std::less<>> by_name_;  ///< Without ports.
};

Result<void> add_recipients(const PlannerPorts& ports,
                            const PlanCase& plan_case,
                            const Meant& meant,
                            Targets& targets) {
    const auto known = ports.reader.recipients_of(plan_case.request.subject, Window{});
    if (!known) {
        return fail(known);
    }
    for (const auto& pair : *known) {
        if (meant.has(pair.recipient)) {
            auto& target = targets[pair.recipient];
            target.objects = pair.objects;
            target.took_things = pair.strongest >= privacy::Evidence::Accepted;  // or fetched
        }
    }
    return {};
}

/// `place`: of the object in PlanCase::chosen.
Result<void> add_holders_of(const std::string& object,
                            std::size_t place,
                            const PlannerPorts& ports,
                            const records::ErasureRequest& request,
                            const Meant& meant,
                            Targets& targets) {
    const auto uri = Uri::parse(object);
    if (!uri) {
        return fail(ErrorKind::Invalid, "an object of the request is no URI", "give its full https address");
    }
    const auto holders = ports.reader.holders_of(request.subject, *uri);
    if (!holders) {
        return fail(holders);
    }
    for (const auto& holder : *holders) {
        if (meant.has(holder.recipient)) {
            auto& target = targets[holder.recipient];
            ++target.objects;
            target.counted.resize(place + 1);
            target.counted[place] = true;
        }
    }
    return {};
}

Result<void> add_holders(const PlannerPorts& ports,
                         const PlanCase& plan_case,
                         const Meant& meant,
                         Targets& targets) {
    std::size_t place = 0;
    for (const auto& object : plan_case.chosen) {
        if (auto added = add_holders_of(object, place++, ports, plan_case.request, meant, targets); !added) {
            return added;
        }
    }
    return {};
}

/// Those that the request names although nothing is known to have gone there.
void add_named(const PlanCase& plan_case, Targets& targets) {
    for (const auto& host : plan_case.request.scope.recipients) {
        const auto [place, is_new] = targets.try_emplace(host);
        if (is_new) {
            place->second.disclosed = false;
        }
    }
}

Result<void> add_own_notices(const PlannerPorts& ports, const PlanCase& plan_case, Targets& targets) {
    if (plan_case.request.number.get() == 0) {
        return {};
    }
    NoticeFilter filter;
    filter.request = plan_case.request.number;
    return each_notice(ports.notices, filter, [&](records::Notice&& notice) {
        auto& target = targets[notice.recipient];
        target.told_by_origin = notice.seen_from_origin && notice.rounds == 0;  // it did not help
        target.told_at = notice.acknowledged_at;
        target.notice = std::move(notice);
        return true;
    });
}

Result<std::vector<Target>> with_entries(const PlannerPorts& ports,
                                         const fediverse::Dialects& dialects,
                                         Targets&& targets) {
    std::vector<Host> hosts;
    hosts.reserve(targets.size());
    for (const auto& [host, target] : targets) {
        hosts.push_back(host);
    }
    auto entries = ports.directory.entries(hosts);
    if (!entries) {
        return fail(entries);
    }
    std::vector<Target> found;
    found.reserve(targets.size());
    std::size_t place = 0;
    for (auto& [host, target] : targets) {
        target.entry = std::move(entries->at(place++));
        target.entry.host = host;
        target.entry.software = dialects.software_of(host, target.entry.software);
        target.dialect = &dialects.of(target.entry.software, target.entry.relay);
        target.passes_on_all =
            target.entry.relay || target.entry.bridge || target.dialect == &dialects.of({}, true);
        found.push_back(std::move(target));
    }
    return found;
}

/// Where the software always has an inbox for everybody; "" where it has none.
std::string well_known_inbox(const Host& host, const fediverse::Dialect& dialect) {
    constexpr std::string_view kHostWord = "{host}";
    if (dialect.shared_inbox.empty()) {
        return {};
    }
    auto path = dialect.shared_inbox;
    if (const auto at = path.find(kHostWord); at != std::string::npos) {
        path.replace(at, kHostWord.size(), host.text());
    }
    return "https://" + host.text() + path;
}

std::string since(std::string_view words, Instant at) {
    return std::string{words} + format_rfc3339(at).substr(0, std::string_view{"2026-11-22"}.size());
}

}  // namespace

Result<PlanCase> read_case(const PlannerPorts& ports, const records::ErasureRequest& request) {
    PlanCase plan_case;
    plan_case.request = request;
    const auto identity = ports.vault.identity(request.subject);
    if (!identity) {
        return fail(identity);
    }
    plan_case.actor = identity->actor.reveal();
    for (const auto& object : request.scope.objects) {
        plan_case.chosen.insert(object.reveal());
    }
    if (request.number.get() == 0) {
        return plan_case;
    }
    auto objects = ports.notices.objects(request.number, {});
    if (!objects) {
        return fail(objects);
    }
    plan_case.objects = std::move(*objects);
    for (const auto& object : plan_case.objects) {
        if (object.held_for_law) {
            plan_case.kept.insert(object.uri.reveal());
        }
    }
    return plan_case;
}

Result<std::vector<Target>> find_targets(const PlannerPorts& ports,
                                         const fediverse::Dialects& dialects,
                                         PlanCase& plan_case) {
    const auto meant = Meant::by(plan_case.request.scope, ports.directory);
    if (!meant) {
        return fail(meant);
    }
    Targets targets;
    const bool by_object = plan_case.request.scope.kind == records::ScopeKind::Objects;
    auto done = by_object ? add_holders(ports, plan_case, *meant, targets)
                          : add_recipients(ports, plan_case, *meant, targets);
    if (!done) {
        return fail(done);
    }
    add_named(plan_case, targets);
    done = add_own_notices(ports, plan_case, targets);
    if (!done) {
        return fail(done);
    }
    for (auto& [host, target] : targets) {
        target.joined_to = meant->named_as(host);
    }
    auto found = with_entries(ports, dialects, std::move(targets));
    if (!found) {
        return found;
    }
    const auto marked = mark_told_elsewhere(ports, plan_case, *found);
    return marked ? std::move(found) : fail(marked);
}

bool is_barred(const records::Notice& notice) {
    const auto words = reason_of(notice.reason).words;
    return words.starts_with(kBarred) || words == kSpreads;
}

bool lacked_inbox(const records::Notice& notice) {
    return notice.state == fediverse::NoticeState::Unreachable && !notice.next_at &&
           notice.reason == text_of({ReasonCode::NotSent, std::string{kNoInboxKnown}});
}

std::vector<KnownInbox> inboxes_of(const RecipientEntry& entry, const fediverse::Dialect& dialect) {
    std::vector<KnownInbox> known;
    const auto add = [&known](std::string uri, InboxSource source) {
        const bool twice =
            std::any_of(known.begin(), known.end(), [&uri](const KnownInbox& one) { return one.uri == uri; });
        if (!uri.empty() && !twice) {
            known.push_back({std::move(uri), source});
        }
    };
    add(entry.declared_inbox, InboxSource::Declared);
    if (!dialect.personal_inbox) {
        add(entry.shared_inbox, InboxSource::SharedKnown);
        add(well_known_inbox(entry.host, dialect), InboxSource::WellKnownPath);
    }
    add(entry.inbox, InboxSource::PersonalKnown);
    return known;
}

bool passes_on(const RecipientEntry& entry, const fediverse::Dialect& dialect) {
    return dialect.passes_on || entry.relay || entry.bridge || entry.community;
}

ChosenInbox choose_inbox(const RecipientEntry& entry, const fediverse::Dialect& dialect, Instant now) {
    ChosenInbox chosen;
    const bool silent = entry.failing_since && now - *entry.failing_since > kSilent;
    if (silent) {
        chosen.obstacle = since("it has failed since ", *entry.failing_since) +
                          (entry.failing_how.empty() ? "" : ": " + entry.failing_how);
    }
    if (const auto known = inboxes_of(entry, dialect); !known.empty()) {
        chosen.uri = known.front().uri;
        chosen.source = known.front().source;
    } else if (!entry.asked_at) {
        chosen.source = InboxSource::ToBeAsked;
    } else if (!entry.known_at) {
        chosen.obstacle =
            since("no inbox of it is known, and it did not say what it is when asked on ", *entry.asked_at);
    } else {
        chosen.obstacle = "no inbox of it is known";
    }
    return chosen;
}

}  // namespace fedtrail::erasure
