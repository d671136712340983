#include "recipients/declared_directory.hpp"

#include <utility>

#include "recipients/declaration.hpp"

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
    auto entries = known_.entries(hosts);
    if (!entries) {
        return entries;
    }
    std::vector<Host> asked{hosts.begin(), hosts.end()};
    for (const auto& entry : *entries) {
        if (!entry.main.empty()) {
            asked.push_back(entry.main);
        }
    }
    const auto declared = declarations_.declared(asked);
    if (!declared) {
        return fail(declared);
    }
    auto of_main = declared->begin() + static_cast<std::ptrdiff_t>(hosts.size());
    auto own = declared->begin();
    for (auto& entry : *entries) {
        const auto& words = *own++;
        const auto all = entry.main.empty() ? words : over(*of_main++, words);
        if (!all.empty()) {
            put_before(entry, read_declaration(all));
        }
    }
    return entries;
}

}  // namespace fedtrail::recipients
