#include "recipients/declare.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "fedtrail/fediverse/inbox.hpp"

#include "recipients/joined_entries.hpp"

namespace fedtrail::recipients {

namespace {

constexpr std::size_t kOrdersAtOnce = 1'000;

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

bool has_key(const std::vector<DeclaredWord>& words, std::string_view key) {
    return std::any_of(words.begin(), words.end(), [&](const DeclaredWord& word) { return word.key == key; });
}

/// One order, and what it touches: the words that it names and all that hangs on these.
class WholeOrder {
public:
    explicit WholeOrder(const DeclareOrder& order) : order_(order) {
        for (const auto& word : order.words) {
            heads_.insert(head_of(word.key));
        }
    }

    /// What becomes of `here`, which stands at the order's host, where `whole` is declared of the recipient.
    [[nodiscard]] DeclareOrder at_its_host(const std::vector<DeclaredWord>& here,
                                           const std::vector<DeclaredWord>& whole) const {
        std::vector<DeclaredWord> outdated;
        std::copy_if(here.begin(), here.end(), std::back_inserter(outdated), [&](const DeclaredWord& word) {
            return !has_key(whole, word.key);
        });
        auto order = taking_back(order_.host, outdated);
        for (const auto& word : whole) {
            if (touches(word) && !is_said_anew(word.key)) {
                order.words.push_back({word.key, word.value.reveal()});
            }
        }
        std::copy_if(order_.words.begin(),
                     order_.words.end(),
                     std::back_inserter(order.words),
                     [&](const WantedWord& word) {
                         const bool elsewhere = has_key(whole, word.key) && !has_key(here, word.key);
                         return !word.value.empty() || !elsewhere;
                     });
        return order;
    }

    /// Takes back what of `there` the order touches. A part before what it hangs on.
    [[nodiscard]] DeclareOrder taking_back(const Host& host, const std::vector<DeclaredWord>& there) const {
        DeclareOrder order{host, {}, order_.by, order_.reason};
        for (auto word = there.rbegin(); word != there.rend(); ++word) {
            if (touches(*word)) {
                order.words.push_back({word->key, ""});
            }
        }
        return order;
    }

private:
    [[nodiscard]] bool touches(const DeclaredWord& word) const {
        return !is_of_one_host(word.key) && heads_.count(head_of(word.key)) != 0;
    }

    /// By the order, or with the day of what the order says anew.
    [[nodiscard]] bool is_said_anew(std::string_view key) const {
        const auto head = head_of(key);
        const bool day = key.ends_with(".from") || key.ends_with(".checked_at");
        return std::any_of(order_.words.begin(), order_.words.end(), [&](const WantedWord& wanted) {
            return wanted.key == key || (wanted.key == head && (day || wanted.value.empty()));
        });
    }

    const DeclareOrder& order_;
    std::set<std::string_view> heads_;
};

/// What stands of each host with what the orders so far make of it: the book takes them one after the other,
/// and a later one may name another host of the same recipient.
class StandingWords {
public:
    StandingWords(const DeclarationBook& book, std::span<const std::string> facts, Instant now)
        : book_(book), facts_(facts), now_(now) {}

    /// By key, in the order of `hosts`. Errors: those of the book.
    [[nodiscard]] Result<std::vector<std::vector<DeclaredWord>>> declared(std::span<const Host> hosts) {
        if (auto known = look_up(hosts); !known) {
            return fail(known);
        }
        std::vector<std::vector<DeclaredWord>> all;
        for (const auto& host : hosts) {
            auto& words = all.emplace_back();
            for (const auto& [key, word] : words_.at(host)) {
                words.push_back(word);
            }
        }
        return all;
    }

    /// Errors: also those of plan_words().
    [[nodiscard]] Result<void> take(const DeclareOrder& order) {
        const auto stands = declared(std::array{order.host});
        if (!stands) {
            return fail(stands);
        }
        const privacy::Day today{std::chrono::floor<std::chrono::days>(now_)};
        const auto changes = plan_words(stands->front(), order.words, facts_, today);
        if (!changes) {
            return fail(changes);
        }
        auto& words = words_.at(order.host);
        for (const auto& change : *changes) {
            words.erase(change.key);
            if (change.after) {
                words.emplace(change.key,
                              DeclaredWord{change.key, *change.after, now_, order.by, order.reason});
            }
        }
        return {};
    }

    /// Reads what stands of those that were not asked about yet. Errors: those of the book.
    [[nodiscard]] Result<void> look_up(std::span<const Host> hosts) {
        std::vector<Host> unread;
        std::copy_if(hosts.begin(), hosts.end(), std::back_inserter(unread), [&](const Host& host) {
            return words_.count(host) == 0;
        });
        if (unread.empty()) {
            return {};
        }
        const auto found = book_.declared(unread);
        if (!found) {
            return fail(found);
        }
        for (std::size_t at = 0; at < unread.size(); ++at) {
            auto& words = words_[unread[at]];
            for (const auto& word : (*found)[at]) {
                words.emplace(word.key, word);
            }
        }
        return {};
    }

private:
    const DeclarationBook& book_;
    std::span<const std::string> facts_;
    Instant now_;
    std::map<Host, std::map<std::string, DeclaredWord>> words_;
};

/// What `order` makes of each host of the recipient.
Result<std::vector<DeclareOrder>> for_each_host(StandingWords& standing,
                                                const JoinedEntries& entries,
                                                const DeclareOrder& order) {
    const auto of_one = entries_of_one(entries, order.host);
    std::vector<Host> hosts;
    std::transform(of_one.begin(), of_one.end(), std::back_inserter(hosts), [](const auto* entry) {
        return entry->host;
    });
    if (hosts.size() < 2) {
        return std::vector{order};
    }
    const auto declared = standing.declared(hosts);
    if (!declared) {
        return fail(declared);
    }
    const WholeOrder whole{order};
    std::vector<DeclareOrder> orders;
    for (std::size_t at = 0; at < hosts.size(); ++at) {
        auto of_host = hosts[at] == order.host
                           ? whole.at_its_host((*declared)[at], whole_declaration(*declared))
                           : whole.taking_back(hosts[at], (*declared)[at]);
        if (!of_host.words.empty()) {
            orders.push_back(std::move(of_host));
        }
    }
    return orders;
}

Result<void> take_each(StandingWords& standing, const std::vector<DeclareOrder>& orders) {
    for (const auto& order : orders) {
        if (auto taken = standing.take(order); !taken) {
            return taken;
        }
    }
    return {};
}

/// Adds what the orders make of all hosts to `all`. What is known of those that they name is read at once: a
/// table may have a million.
Result<void> for_some(StandingWords& standing,
                      const RecipientDirectory& directory,
                      std::span<const DeclareOrder> orders,
                      std::vector<DeclareOrder>& all) {
    std::vector<Host> hosts;
    hosts.reserve(orders.size());
    for (const auto& order : orders) {
        if (auto whole = check_order(order); !whole) {
            return whole;
        }
        hosts.push_back(order.host);
    }
    const auto entries = entries_with_joined(directory, hosts);
    const auto known = entries ? standing.look_up(hosts) : fail(entries);
    if (!known) {
        return fail(known);
    }
    for (const auto& order : orders) {
        auto of_order = for_each_host(standing, *entries, order);
        if (!of_order) {
            return fail(of_order);
        }
        if (auto taken = take_each(standing, *of_order); !taken) {
            return taken;
        }
        std::move(of_order->begin(), of_order->end(), std::back_inserter(all));
    }
    return {};
}

Result<std::vector<DeclareOrder>> for_all_hosts(const DeclarationBook& book,
                                                const RecipientDirectory& directory,
                                                std::span<const DeclareOrder> orders,
                                                std::span<const std::string> facts,
                                                Instant now) {
    StandingWords standing{book, facts, now};
    std::vector<DeclareOrder> all;
    while (!orders.empty()) {
        const auto some = orders.first(std::min(kOrdersAtOnce, orders.size()));
        orders = orders.subspan(some.size());
        if (const auto made = for_some(standing, directory, some, all); !made) {
            return fail(made);
        }
    }
    return all;
}

}  // namespace

Result<std::size_t> declare(DeclarationBook& book,
                            const RecipientDirectory& directory,
                            std::span<const DeclareOrder> orders,
                            std::span<const std::string> facts,
                            Instant now) {
    const auto all = for_all_hosts(book, directory, orders, facts, now);
    return all ? declare(book, *all, facts, now) : fail(all);
}

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
                      const RecipientDirectory& directory,
                      std::span<const DeclareOrder> orders,
                      std::span<const std::string> facts,
                      Instant now) {
    const auto all = for_all_hosts(book, directory, orders, facts, now);
    return all ? Result<void>{} : fail(all);
}

}  // namespace fedtrail::recipients
