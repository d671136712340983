#include "capture/known_recipients.hpp"

#include <algorithm>
#include <mutex>
#include <utility>

#include "capture/elapsed.hpp"

namespace fedtrail::capture {

KnownRecipient known_of(const records::RecipientCard& card, privacy::Day day) {
    return {records::established_in(card.country),
            card.basis.kind,
            card.software,
            records::judged(card),
            card.gone,
            card.if_consented,
            day};
}

privacy::Day KnownRecipients::today() const {
    return privacy::Day{std::chrono::floor<std::chrono::days>(clock_.now())};
}

std::shared_ptr<const KnownRecipient> KnownRecipients::find(const Host& host) const {
    const auto day = today();
    const std::shared_lock held{lock_};
    const auto found = entries_.find(host.text());
    if (found == entries_.end() || found->second.day != day) {
        return nullptr;
    }
    found->second.asked.store(true, std::memory_order_relaxed);
    return found->second.known;
}

/// Those that nobody asked for since they were read go first; if that is not enough, all of them.
void KnownRecipients::make_room(std::size_t wanted) {
    if (entries_.size() + wanted <= options_.most) {
        return;
    }
    for (auto entry = entries_.begin(); entry != entries_.end();) {
        entry = entry->second.asked ? std::next(entry) : entries_.erase(entry);
    }
    if (entries_.size() + wanted > options_.most) {
        entries_.clear();
    }
}

/// Each by itself where one is damaged. That one stays as it was known today, and is not read again and
/// again.
Result<void> KnownRecipients::read(std::span<const Host> hosts) {
    auto together = read_together(hosts);
    if (together || together.error().kind != ErrorKind::Corrupt) {
        return together;
    }
    for (const auto& host : hosts) {
        auto alone = read_together({&host, 1});
        if (alone) {
            continue;
        }
        if (alone.error().kind != ErrorKind::Corrupt) {
            return alone;
        }
        const std::unique_lock held{lock_};
        const auto entry = entries_.find(host.text());
        if (entry != entries_.end() && entry->second.day == today()) {
            entry->second.read_at = clock_.now();
        } else if (entry != entries_.end()) {
            entries_.erase(entry);
        }
    }
    return together;
}

Result<void> KnownRecipients::read_together(std::span<const Host> hosts) {
    const auto day = today();
    const auto now = clock_.now();
    const auto cards = register_.cards(hosts, day);
    if (!cards) {
        return fail(cards);
    }
    const std::unique_lock held{lock_};
    make_room(static_cast<std::size_t>(std::count_if(
        hosts.begin(), hosts.end(), [this](const Host& host) { return entries_.count(host.text()) == 0; })));
    for (std::size_t i = 0; i < hosts.size() && i < cards->size(); ++i) {
        auto& entry = entries_[hosts[i].text()];
        entry.known = std::make_shared<const KnownRecipient>(known_of((*cards)[i], day));
        entry.day = day;
        entry.read_at = now;
        entry.asked = false;
    }
    return {};
}

std::pair<std::vector<Host>, bool> KnownRecipients::due() const {
    const auto day = today();
    const auto now = clock_.now();
    std::vector<Host> hosts;
    const std::shared_lock held{lock_};
    for (const auto& [name, entry] : entries_) {
        if (entry.day == day && !has_passed(entry.read_at, options_.fresh_for, now)) {
            continue;
        }
        if (hosts.size() == options_.batch) {
            return {std::move(hosts), true};
        }
        if (auto host = Host::parse(name)) {
            hosts.push_back(std::move(*host));
        }
    }
    return {std::move(hosts), false};
}

Result<bool> KnownRecipients::refresh() {
    const auto [hosts, more] = due();
    if (hosts.empty()) {
        return false;
    }
    const auto done = read(hosts);
    return done ? Result<bool>{more} : fail(done);
}

void KnownRecipients::forget() {
    const std::unique_lock held{lock_};
    entries_.clear();
}

std::size_t KnownRecipients::size() const {
    const std::shared_lock held{lock_};
    return entries_.size();
}

}  // namespace fedtrail::capture
