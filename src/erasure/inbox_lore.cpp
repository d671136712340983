#include "erasure/inbox_lore.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

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

bool InboxLore::note(const records::Observation& delivery) {
    const auto& text = delivery.inbox.reveal();
    if (delivery.channel != privacy::Channel::Push || text.empty() || delivery.recipient.empty()) {
        return false;
    }
    const bool shared = looks_shared(text);
    const std::scoped_lock held{lock_};
    const auto known = known_.find(delivery.recipient.text());
    if (known != known_.end() && (known->second || !shared)) {
        return false;  // the shared one is known, or this is only another person's
    }
    const auto inbox = Uri::parse(text);
    if (!inbox || inbox->host() != delivery.recipient || waiting_.size() >= limits_.waiting) {
        return false;
    }
    if (known_.size() >= limits_.hosts) {
        known_.clear();
    }
    known_[delivery.recipient.text()] = shared;
    auto& learnt = waiting_[delivery.recipient];
    (shared ? learnt.shared : learnt.personal) = inbox->text();
    return true;
}

Result<void> InboxLore::write_one(RecipientDirectory& directory,
                                  const RecipientEntry& entry,
                                  const Learnt& learnt) {
    const bool news = (!learnt.shared.empty() && entry.shared_inbox != learnt.shared) ||
                      (!learnt.personal.empty() && entry.inbox.empty());
    if (!news) {
        return {};
    }
    return directory.update(entry.host, [&](RecipientEntry& one) {
        if (!learnt.shared.empty()) {
            one.shared_inbox = learnt.shared;
        }
        if (one.inbox.empty()) {
            one.inbox = learnt.personal;
        }
    });
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
