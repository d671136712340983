#include "recipients/declared_directory.hpp"

#include <algorithm>
#include <utility>

#include "recipients/declaration.hpp"
#include "recipients/joined_entries.hpp"

namespace fedtrail::recipients {

namespace {

void put_before(RecipientEntry& entry, const Declaration& declaration) {
    if (!declaration.contact.reveal().empty()) {
        entry.contact = declaration.contact;
        entry.contact_source = "admin";
    }
    entry.relay = declaration.relay.value_or(entry.relay);
    entry.bridge = declaration.bridge.value_or(entry.bridge);
    entry.single_person = declaration.single_person.value_or(entry.single_person);
}

}  // namespace

Result<RecipientEntry> DeclaredDirectory::entry(const Host& host) const {
    auto found = entries({&host, 1});
    return found ? Result<RecipientEntry>{std::move(found->front())} : fail(found);
}

Result<std::vector<RecipientEntry>> DeclaredDirectory::entries(std::span<const Host> hosts) const {
    const auto all = entries_with_joined(known_, hosts);
    if (!all) {
        return fail(all);
    }
    std::vector<Host> asked;
    asked.reserve(all->size());
    for (const auto& [host, entry] : *all) {
        asked.push_back(host);
    }
    const auto declared = declarations_.declared(asked);
    if (!declared) {
        return fail(declared);
    }
    std::vector<RecipientEntry> entries;
    entries.reserve(hosts.size());
    for (const auto& host : hosts) {
        std::vector<std::vector<DeclaredWord>> words;
        for (const auto* one : entries_of_one(*all, host)) {
            const auto at = std::lower_bound(asked.begin(), asked.end(), one->host) - asked.begin();
            words.push_back((*declared)[static_cast<std::size_t>(at)]);
        }
        entries.push_back(all->at(host));
        put_before(entries.back(), read_declaration(whole_declaration(words)));
    }
    return entries;
}

}  // namespace fedtrail::recipients
