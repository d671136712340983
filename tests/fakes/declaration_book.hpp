/// What was declared of recipients, in memory.

#pragma once

#include <algorithm>
#include <map>
#include <vector>

#include "fedtrail/ports/declaration_book.hpp"

namespace fedtrail::testing {

class FakeDeclarationBook final : public DeclarationBook {
public:
    std::map<Host, std::map<std::string, DeclaredWord>> words;
    std::vector<DeclarationAct> acts;
    bool down{};
    mutable int asked{};  ///< How often declared() was.

    Result<std::vector<std::vector<DeclaredWord>>> declared(std::span<const Host> hosts) const override {
        ++asked;
        if (down) {
            return fail(ErrorKind::Unavailable, "the declarations are down", "wait");
        }
        std::vector<std::vector<DeclaredWord>> all;
        for (const auto& host : hosts) {
            all.push_back(of(host));
        }
        return all;
    }

    Result<std::vector<Host>> declared_hosts(std::string_view after, std::size_t limit) const override {
        std::vector<Host> hosts;
        for (const auto& [host, known] : words) {
            if (host.text() > after && !known.empty() && hosts.size() < limit) {
                hosts.push_back(host);
            }
        }
        return hosts;
    }

    Result<std::size_t> declare(std::span<const Declaring> wanted) override {
        auto new_words = words;
        auto new_acts = acts;
        std::size_t changed = 0;
        for (const auto& one : wanted) {
            auto& known = new_words[one.host];
            std::vector<DeclaredWord> stands;
            for (const auto& [key, word] : known) {
                stands.push_back(word);
            }
            auto changes = one.change(stands);
            if (!changes) {
                return fail(changes);
            }
            DeclarationAct act{one.host, one.at, one.by, one.reason, {}};
            for (auto& change : *changes) {
                const auto before = known.find(change.key);
                if (before != known.end()) {
                    change.before = before->second.value;
                }
                if (change.after) {
                    known[change.key] = {change.key, *change.after, one.at, one.by, one.reason};
                } else {
                    known.erase(change.key);
                }
                if (change.before != change.after) {
                    act.changes.push_back(change);
                }
            }
            if (!act.changes.empty()) {
                new_acts.push_back(std::move(act));
                ++changed;
            }
        }
        words = std::move(new_words);
        acts = std::move(new_acts);
        return changed;
    }

    Result<std::vector<DeclarationAct>> history(const Host& host) const override {
        std::vector<DeclarationAct> of_host;
        std::copy_if(acts.begin(), acts.end(), std::back_inserter(of_host), [&](const DeclarationAct& act) {
            return act.host == host;
        });
        return of_host;
    }

private:
    [[nodiscard]] std::vector<DeclaredWord> of(const Host& host) const {
        std::vector<DeclaredWord> stands;
        if (const auto known = words.find(host); known != words.end()) {
            for (const auto& [key, word] : known->second) {
                stands.push_back(word);
            }
        }
        return stands;
    }
};

}  // namespace fedtrail::testing
