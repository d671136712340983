/// The hosts of all recipients, by number and by name.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "fedtrail/core/uri.hpp"

namespace fedtrail::sqlite {

/// Answers are ordered by host, and may name every recipient there is: so that order is worked out once, not
/// for each answer, and the names lie in it.
class HostBook {
public:
    [[nodiscard]] std::size_t size() const noexcept { return places_.size() + added_.size(); }
    /// The host of the next number; numbers start at 1.
    void add(Host host) { added_.push_back(std::move(host)); }

    /// Numbers of recipients and their places by name, from 0. Costs a merge after an addition.
    [[nodiscard]] std::uint32_t place_of(std::uint32_t number);
    [[nodiscard]] const Host& at_place(std::uint32_t place) const { return by_name_[place]; }
    [[nodiscard]] std::uint32_t number_at(std::uint32_t place) const { return numbers_[place]; }
    /// The first place whose name sorts behind `text`; their count if there is none.
    [[nodiscard]] std::uint32_t place_behind(std::string_view text);

    /// A fact and its recipient's place.
    struct Placed {
        std::uint32_t place{};
        std::uint32_t index{};
    };
    /// `facts`, each with a `recipient` of its own, in the order of their hosts.
    template <typename Fact>
    [[nodiscard]] std::vector<Placed> order(const std::vector<Fact>& facts) {
        std::vector<Placed> placed;
        placed.reserve(facts.size());
        for (const auto& fact : facts) {
            placed.push_back(Placed{place_of(fact.recipient), static_cast<std::uint32_t>(placed.size())});
        }
        return sorted(std::move(placed));
    }

private:
    [[nodiscard]] std::vector<Placed> sorted(std::vector<Placed> placed) const;
    void merge_added();

    std::vector<Host> added_;  ///< Not yet below.
    std::vector<Host> by_name_;
    std::vector<std::uint32_t> numbers_;  ///< Of `by_name_`.
    std::vector<std::uint32_t> places_;   ///< By number - 1.
};

}  // namespace fedtrail::sqlite
