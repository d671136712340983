/// Which of many rules match, found without a look at each: for every value of a condition the rules that it
/// satisfies as one bit each; what all conditions have in common is what matches.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "fedtrail/privacy/joined_hosts.hpp"
#include "fedtrail/privacy/transfer_rules.hpp"

namespace fedtrail::privacy {

class RuleIndex {
public:
    /// A host in a rule stands for all hosts of its recipient in `joined`.
    RuleIndex(std::span<const TransferRule> rules, const JoinedHosts& joined);

    /// Position of the first enabled rule that matches. With `answers_objection` only rules that ask for an
    /// objection are looked at. `rules` are those it was made from.
    [[nodiscard]] std::optional<std::size_t> first(std::span<const TransferRule> rules,
                                                   const RuleFacts& facts,
                                                   bool answers_objection) const;

private:
    using Word = std::uint64_t;
    using Dense = std::vector<Word>;
    /// Words that are not zero, with their places, ascending: most values stand in few rules.
    using Sparse = std::vector<std::pair<std::uint32_t, Word>>;
    struct NameHash {
        using is_transparent = void;  // NOLINT(readability-identifier-naming): the standard's word
        std::size_t operator()(std::string_view name) const noexcept {
            return std::hash<std::string_view>{}(name);
        }
    };
    using ByName = std::unordered_map<std::string, Sparse, NameHash, std::equal_to<>>;
    class Cursor;
    class Scan;

    void place(std::size_t at, const TransferRule& rule);
    void place_recipient(std::size_t at, const TransferRule& rule);
    void place_joined(const JoinedHosts& joined);
    void collect(std::string_view name, Sparse& bits) const;

    std::size_t words_;
    Dense enabled_;
    Dense with_honour_;
    Dense asks_objection_;
    Dense takes_back_;  ///< Rules that also decide on what takes data back.
    Dense any_host_;
    ByName host_;
    ByName below_;
    ByName joined_;  ///< What `host_` and `below_` have for any name of a recipient that has several.
    std::size_t longest_below_{};  ///< A stranger's host of a hundred labels costs no hundred look-ups.
    Dense any_country_;
    ByName country_;  ///< "" is unknown.
    Dense any_software_;
    ByName software_;  ///< "" is unknown.
    std::array<Dense, 7> basis_;
    std::array<Dense, 2> objection_;
    std::array<Dense, 2> minor_;
    Dense any_category_;
    std::array<Dense, 16> category_;
    Dense any_visibility_;
    std::array<Dense, 8> visibility_;
};

}  // namespace fedtrail::privacy
