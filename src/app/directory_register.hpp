/// What the directory of recipients knows, as cards. Nobody places their operators: the country is unknown,
/// and no basis is on record.

#pragma once

#include <utility>
#include <vector>

#include "fedtrail/ports/recipient_directory.hpp"
#include "fedtrail/ports/recipient_register.hpp"

namespace fedtrail::app {

class DirectoryRegister final : public RecipientRegister {
public:
    /// `directory` must outlive it.
    explicit DirectoryRegister(const RecipientDirectory& directory) : directory_(directory) {}

    [[nodiscard]] Result<std::vector<records::RecipientCard>> cards(
        std::span<const Host> hosts, privacy::Day /*transfer*/) const override {
        auto entries = directory_.entries(hosts);
        if (!entries) {
            return fail(entries);
        }
        std::vector<records::RecipientCard> cards;
        cards.reserve(entries->size());
        for (auto& entry : *entries) {
            records::RecipientCard card;
            card.host = std::move(entry.host);
            card.software = std::move(entry.software);
            card.version = std::move(entry.version);
            card.contact = std::move(entry.contact);
            card.known_at = entry.known_at;
            card.marks.relay = entry.relay;
            card.marks.community = entry.community;
            card.told = entry.told;
            card.gone = entry.gone;
            card.present = entry.present;
            cards.push_back(std::move(card));
        }
        return cards;
    }

private:
    const RecipientDirectory& directory_;
};

}  // namespace fedtrail::app
