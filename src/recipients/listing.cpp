#include "recipients/listing.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

#include "recipients/recipient_pages.hpp"

namespace fedtrail::recipients {

namespace {

constexpr std::string_view kUnknown = "unknown";

bool fits(const ListFilter& filter, const ListedRecipient& one) {
    return (!filter.country || *filter.country == one.card.country.country) &&
           (!filter.basis || *filter.basis == one.card.basis.kind) &&
           (!filter.software || *filter.software == one.card.software) && (!filter.blocked || one.blocked);
}

/// Until `recipients` has `most`.
void add_fitting(std::vector<ListedRecipient> found,
                 const ListFilter& filter,
                 std::size_t most,
                 std::vector<ListedRecipient>& recipients) {
    for (auto& one : found) {
        if (recipients.size() < most && fits(filter, one)) {
            recipients.push_back(std::move(one));
        }
    }
}

bool asks(const ListFilter& filter) {
    return filter.country || filter.basis || filter.software || filter.blocked;
}

/// Fetches the recipients of one page after another.
struct Pages {
    const ListPorts& ports;
    privacy::Day transfer;

    [[nodiscard]] Result<std::vector<ListedRecipient>> next(const std::string& after,
                                                            std::size_t most) const {
        auto totals = ports.ledger.recipients(after, most);
        if (!totals) {
            return fail(totals);
        }
        std::vector<Host> hosts;
        for (const auto& each : *totals) {
            hosts.push_back(each.recipient);
        }
        auto found = ports.cards.cards(hosts, transfer);
        auto blocked = ports.blocks.blocks(hosts);
        if (!found || !blocked) {
            return !found ? Result<std::vector<ListedRecipient>>{fail(found)}
                          : Result<std::vector<ListedRecipient>>{fail(blocked)};
        }
        std::vector<ListedRecipient> page;
        page.reserve(hosts.size());
        for (std::size_t at = 0; at < hosts.size(); ++at) {
            page.push_back({std::move((*totals)[at]), std::move((*found)[at]), std::move((*blocked)[at])});
        }
        return page;
    }
};

/// The largest text below `host` that no host can be: what a list that goes on "after" it begins with `host`.
std::string just_before(const std::string& host) {
    auto before = host;
    before.back() = static_cast<char>(before.back() - 1);
    return before + "\x7f";
}

}  // namespace

Result<ListFilter> list_filter(std::string_view country, std::string_view basis, std::string_view software) {
    ListFilter filter;
    if (country == kUnknown) {
        filter.country.emplace(std::nullopt);
    } else if (!country.empty()) {
        const auto code = privacy::Country::parse(country);
        if (!code) {
            return fail(code);
        }
        filter.country.emplace(*code);
    }
    if (!basis.empty()) {
        filter.basis = privacy::basis_named(basis);
        if (!filter.basis) {
            return fail(ErrorKind::Invalid,
                        "\"" + std::string{basis.substr(0, 32)} + "\" is no transfer basis",
                        "One of none_needed, A45-3, A45-3?unverified, A46-2-c, A49-1-a, admin-declared, "
                        "undocumented.");
        }
    }
    if (!software.empty()) {
        std::string name{software == kUnknown ? std::string_view{} : software};
        std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) {
            return static_cast<char>(std::tolower(c));
        });
        filter.software = std::move(name);
    }
    return filter;
}

Result<RecipientPage> list_recipients(const ListPorts& ports,
                                      const ListFilter& filter,
                                      std::string_view after,
                                      std::size_t limit,
                                      privacy::Day transfer) {
    const Pages pages{ports, transfer};
    RecipientPage page;
    std::string place{after};
    while (page.recipients.size() <= limit) {
        const auto asked =
            asks(filter) ? kRecipientPage : std::min(kRecipientPage, limit + 1 - page.recipients.size());
        auto found = pages.next(place, asked);
        if (!found) {
            return fail(found);
        }
        const bool last = found->size() < asked;
        place = last ? std::string{} : found->back().totals.recipient.text();
        add_fitting(std::move(*found), filter, limit + 1, page.recipients);
        if (last) {
            break;
        }
    }
    if (page.recipients.size() > limit) {
        page.recipients.resize(limit);
        page.next = page.recipients.back().totals.recipient.text();
    }
    return page;
}

Result<std::optional<RecipientTotals>> totals_of(const LedgerReader& ledger, const Host& host) {
    auto found = ledger.recipients(just_before(host.text()), 1);
    if (!found) {
        return fail(found);
    }
    if (found->empty() || found->front().recipient != host) {
        return std::optional<RecipientTotals>{};
    }
    return std::optional{std::move(found->front())};
}

Result<std::map<std::string, SoftwareRecord>> software_of_recipients(const LedgerReader& ledger,
                                                                     const RecipientDirectory& directory) {
    auto known = directory.by_software();
    if (!known) {
        return fail(known);
    }
    for (auto& [name, record] : *known) {
        record.hosts = 0;
    }
    const auto walked = for_each_page(ledger, [&](const std::vector<RecipientTotals>& page) -> Result<void> {
        std::vector<Host> hosts;
        hosts.reserve(page.size());
        for (const auto& each : page) {
            hosts.push_back(each.recipient);
        }
        const auto entries = directory.entries(hosts);
        if (!entries) {
            return fail(entries);
        }
        for (const auto& entry : *entries) {
            ++(*known)[entry.software].hosts;
        }
        return {};
    });
    if (!walked) {
        return fail(walked);
    }
    std::erase_if(*known, [](const auto& one) { return one.second.hosts == 0 && one.second.told == 0; });
    return known;
}

}  // namespace fedtrail::recipients
