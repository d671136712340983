#include "recipients/declare.hpp"

#include <array>

#include "fedtrail/fediverse/inbox.hpp"

namespace fedtrail::recipients {

namespace {

Result<void> check_order(const DeclareOrder& order) {
    if (order.host.empty()) {
        return fail(ErrorKind::Invalid, "the recipient has no host", "Write it as a.example.");
    }
    if (order.reason.find_first_not_of(" \t\r\n") == std::string::npos) {
        return fail(ErrorKind::Invalid,
                    "what is declared of " + order.host.text() + " has no reason",
                    "Say how you know it, as --reason \"imprint seen today\".");
    }
    if (order.reason.size() > kLongestReason) {
        return fail(ErrorKind::Invalid,
                    "the reason of what is declared of " + order.host.text() + " is over 2,000 octets long",
                    "Make it shorter.");
    }
    for (const auto& word : order.words) {
        const auto inbox = word.key == "inbox" ? Uri::parse(word.value) : fail(ErrorKind::NotFound, "");
        if (inbox && !fediverse::is_inbox_of(*inbox, order.host)) {
            return fail(ErrorKind::Invalid,
                        "the inbox that is declared of " + order.host.text() + " is another server's",
                        "It is an https address on that host or on one below it.");
        }
    }
    if (order.words.empty()) {
        return fail(
            ErrorKind::Invalid, "nothing is declared of " + order.host.text(), "Say what, as country=DE.");
    }
    return {};
}

}  // namespace

Result<std::size_t> declare(DeclarationBook& book,
                            std::span<const DeclareOrder> orders,
                            std::span<const std::string> facts,
                            Instant now) {
    const privacy::Day today{std::chrono::floor<std::chrono::days>(now)};
    std::vector<Declaring> acts;
    acts.reserve(orders.size());
    for (const auto& order : orders) {
        if (const auto whole = check_order(order); !whole) {
            return fail(whole);
        }
        acts.push_back({order.host, now, order.by, order.reason, [&order, facts, today](const auto& stands) {
                            return plan_words(stands, order.words, facts, today);
                        }});
    }
    return book.declare(acts);
}

Result<void> rehearse(const DeclarationBook& book,
                      std::span<const DeclareOrder> orders,
                      std::span<const std::string> facts,
                      Instant now) {
    const privacy::Day today{std::chrono::floor<std::chrono::days>(now)};
    for (const auto& order : orders) {
        const auto stands = book.declared(std::array{order.host});
        if (!stands) {
            return fail(stands);
        }
        if (const auto whole = check_order(order); !whole) {
            return whole;
        }
        if (const auto changes = plan_words(stands->front(), order.words, facts, today); !changes) {
            return fail(changes);
        }
    }
    return {};
}

}  // namespace fedtrail::recipients
