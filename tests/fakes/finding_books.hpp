/// Where operators are, which servers are blocked and what was turned off, in memory.

#pragma once

#include <map>

#include "fedtrail/ports/block_book.hpp"
#include "fedtrail/ports/country_book.hpp"
#include "fedtrail/ports/switch_book.hpp"

namespace fedtrail::testing {

/// Without what the real one knows of domains and those below.
class FakeFindings final : public CountryBook, public BlockBook, public SwitchBook {
public:
    std::map<Host, std::map<records::CountrySource, records::CountryFinding>> countries;
    std::map<Host, records::RecipientBlock> blocked;
    std::vector<SwitchTurn> turned;
    bool down{};  ///< No finding is kept.

    Result<std::vector<std::vector<records::CountryFinding>>> findings(
        std::span<const Host> hosts) const override {
        std::vector<std::vector<records::CountryFinding>> all;
        for (const auto& host : hosts) {
            all.emplace_back();
            if (const auto known = countries.find(host); known != countries.end()) {
                for (const auto& [source, finding] : known->second) {
                    all.back().push_back(finding);
                }
            }
        }
        return all;
    }
    Result<void> keep(std::span<const HostCountry> found) override {
        if (down) {
            return fail(ErrorKind::Unavailable, "the fake findings are down");
        }
        for (const auto& one : found) {
            countries[one.host][one.finding.source] = one.finding;
        }
        return {};
    }
    Result<std::vector<std::optional<records::RecipientBlock>>> blocks(
        std::span<const Host> hosts) const override {
        std::vector<std::optional<records::RecipientBlock>> all;
        for (const auto& host : hosts) {
            const auto known = blocked.find(host);
            all.push_back(known == blocked.end() ? std::nullopt : std::optional{known->second});
        }
        return all;
    }
    Result<void> replace_list(const std::string& list,
                              Instant,
                              std::span<const DomainBlock> blocks) override {
        std::erase_if(blocked, [&](const auto& one) { return one.second.list == list; });
        for (const auto& block : blocks) {
            blocked[block.host] = {block.severity, list, block.reason};
        }
        return {};
    }
    Result<std::vector<SwitchTurn>> turns(const std::string& name) const override {
        std::vector<SwitchTurn> of_name;
        for (const auto& turn : turned) {
            if (turn.name == name) {
                of_name.push_back(turn);
            }
        }
        return of_name;
    }
    Result<void> turn(const SwitchTurn& turn) override {
        turned.push_back(turn);
        return {};
    }
};

}  // namespace fedtrail::testing
