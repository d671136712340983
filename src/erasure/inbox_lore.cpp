#include "erasure/inbox_lore.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "fedtrail/fediverse/inbox.hpp"

namespace fedtrail::erasure {

namespace {

/// "/inbox" Mastodon, Misskey, Lemmy, PeerTube, Pleroma, Friendica, Epicyon; "/f/inbox" Mbin and Pixelfed;
/// "/ap/inbox/" Threads.
constexpr std::array<std::string_view, 7> kSharedPaths{"/inbox",
                                                       "/f/inbox",
                                                       "/shared-inbox",
                                                       "/sharedInbox",
                                                       "/federation/shared/inbox",
                                                       "/site_inbox",
                                                       "/ap/inbox/"};
constexpr std::string_view kWordPress = "/activitypub/1.0/inbox";

}  // namespace

bool looks_shared(std::string_view inbox) {
    const auto host = inbox.find("://");
    const auto start = host == std::string_view::npos ? host : inbox.find('/', host + 3);
    if (start == std::string_view::npos) {
        return false;
    }
    const auto path = inbox.substr(start);
    return std::find(kSharedPaths.begin(), kSharedPaths.end(), path) != kSharedPaths.end() ||
           (path.size() > kWordPress.size() && path.substr(path.size() - kWordPress.size()) == kWordPress);
}

bool InboxLore::is_known(const Times& times, bool shared, Instant now) const {
    const auto fresh = [&](const std::optional<Instant>& at) { return at && now - *at < limits_.good_for; };
    return fresh(times.shared) || (!shared && fresh(times.personal));
}

bool InboxLore::is_known(const Host& host, bool shared, bool fills, Instant now) const {
    const auto known = known_.find(host.text());
    return known != known_.end() && (is_known(known->second.accepted, shared, now) ||
                                     (fills && is_known(known->second.filled, shared, now)));
}

std::optional<InboxLore::Lesson> InboxLore::find(const records::Observation& delivery,
                                                 bool fills,
                                                 Instant now) {
    const auto& text = delivery.inbox.reveal();
    if (delivery.channel != privacy::Channel::Push || text.empty() || delivery.recipient.empty()) {
        return std::nullopt;
    }
    const bool shared = looks_shared(text);
    {
        const std::scoped_lock held{lock_};
        if (is_known(delivery.recipient, shared, fills, now)) {
            return std::nullopt;
        }
    }
    const auto inbox = Uri::parse(text);
    const bool own =
        inbox && (inbox->host() == delivery.recipient || fediverse::is_inbox_of(*inbox, delivery.recipient));
    return own ? std::optional{Lesson{delivery.recipient, inbox->text(), shared}} : std::nullopt;
}

std::optional<InboxLore::Lesson> InboxLore::lesson(const records::Observation& delivery, Instant now) {
    return find(delivery, false, now);
}

bool InboxLore::put(Lesson lesson, bool fills, Instant now) {
    const std::scoped_lock held{lock_};
    if (is_known(lesson.host, lesson.shared, fills, now) || waiting_.size() >= limits_.waiting) {
        return false;
    }
    if (known_.size() >= limits_.hosts) {
        known_.clear();
    }
    auto& known = known_[lesson.host.text()];
    auto& times = fills ? known.filled : known.accepted;
    (lesson.shared ? times.shared : times.personal) = now;
    auto& learnt = waiting_[lesson.host];
    (lesson.shared ? learnt.shared_fills : learnt.personal_fills) = fills;
    (lesson.shared ? learnt.shared : learnt.personal) = std::move(lesson.inbox);
    return true;
}

bool InboxLore::learn(Lesson lesson, Instant now) {
    return put(std::move(lesson), false, now);
}

bool InboxLore::note(const records::Observation& delivery, Instant now) {
    using privacy::OutcomeKind;
    const bool accepted = delivery.outcome.kind == OutcomeKind::Accepted;
    if (!accepted && delivery.outcome.kind != OutcomeKind::Inferred) {
        return false;
    }
    const bool fills = !accepted || now - delivery.at >= limits_.good_for;
    auto one = find(delivery, fills, now);
    return one && put(std::move(*one), fills, now);
}

Result<void> InboxLore::write_one(RecipientDirectory& directory,
                                  const RecipientEntry& entry,
                                  const Learnt& learnt) {
    const auto taught = [](const std::string& known, const std::string& inbox, bool fills) {
        return inbox.empty() || (fills && !known.empty()) ? known : inbox;
    };
    const auto change = [&](RecipientEntry& one) {
        one.shared_inbox = taught(one.shared_inbox, learnt.shared, learnt.shared_fills);
        one.inbox = taught(one.inbox, learnt.personal, learnt.personal_fills);
    };
    auto changed = entry;
    change(changed);
    const bool news = changed.shared_inbox != entry.shared_inbox || changed.inbox != entry.inbox;
    return news ? directory.update(entry.host, change) : Result<void>{};
}

Result<bool> InboxLore::write(RecipientDirectory& directory) {
    std::vector<Host> hosts;
    std::vector<Learnt> learnt;
    {
        const std::scoped_lock held{lock_};
        for (auto at = waiting_.begin(); at != waiting_.end() && hosts.size() < limits_.batch;) {
            hosts.push_back(at->first);
            learnt.push_back(std::move(at->second));
            at = waiting_.erase(at);
        }
    }
    if (hosts.empty()) {
        return false;
    }
    const auto entries = directory.entries(hosts);
    Result<void> written = entries ? Result<void>{} : Result<void>{fail(entries)};
    for (std::size_t i = 0; written && i < hosts.size(); ++i) {
        written = write_one(directory, (*entries)[i], learnt[i]);
    }
    const std::scoped_lock held{lock_};
    if (!written) {
        for (const auto& host : hosts) {
            known_.erase(host.text());  // the next delivery there teaches it again
        }
        return fail(written);
    }
    return !waiting_.empty();
}

}  // namespace fedtrail::erasure
