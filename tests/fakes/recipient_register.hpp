/// A register that knows what it is told.

#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "fedtrail/ports/recipient_register.hpp"

namespace fedtrail::testing {

/// Thread-safe, but for its fields.
class FakeRecipientRegister final : public RecipientRegister {
public:
    std::map<std::string, records::RecipientCard> known;  ///< By host.
    std::optional<ErrorKind> failure;
    std::set<std::string> damaged;  ///< Hosts that cannot be read, nor any together with them.
    mutable int questions = 0;

    [[nodiscard]] Result<std::vector<records::RecipientCard>> cards(std::span<const Host> hosts,
                                                                    privacy::Day) const override {
        const std::scoped_lock held{lock_};
        ++questions;
        if (failure) {
            return fail(*failure, "the fake register was told to fail");
        }
        std::vector<records::RecipientCard> cards;
        for (const auto& host : hosts) {
            if (damaged.count(host.text()) != 0) {
                return fail(ErrorKind::Corrupt, "the fake register has a host that is damaged");
            }
            const auto found = known.find(host.text());
            cards.push_back(found == known.end() ? unknown() : found->second);
            cards.back().host = host;
        }
        return cards;
    }

    static records::RecipientCard unknown() {
        records::RecipientCard card;
        card.basis.kind = privacy::BasisKind::Undocumented;
        return card;
    }

private:
    mutable std::mutex lock_;
};

}  // namespace fedtrail::testing
