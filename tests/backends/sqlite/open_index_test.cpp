#include "backends/sqlite/open_index.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <random>
#include <vector>

#include <catch2/catch.hpp>

using fedtrail::sqlite::OpenIndex;

namespace {

std::vector<std::uint32_t> found(const OpenIndex& index, std::uint64_t key) {
    std::vector<std::uint32_t> numbers;
    index.each(key, [&](std::uint32_t number) { numbers.push_back(number); });
    std::sort(numbers.begin(), numbers.end());
    return numbers;
}

using Model = std::multimap<std::uint64_t, std::uint32_t>;

/// All that the model has of a key, one by one and as often.
bool has_all(const OpenIndex& index, const Model& model, std::uint64_t key) {
    const auto [begin, end] = model.equal_range(key);
    std::vector<std::uint32_t> expected;
    std::transform(begin, end, std::back_inserter(expected), [](const auto& entry) { return entry.second; });
    std::sort(expected.begin(), expected.end());
    const auto numbers = found(index, key);
    return std::includes(numbers.begin(), numbers.end(), expected.begin(), expected.end());
}

}  // namespace

TEST_CASE("An index of nothing finds nothing", "[ledger]") {
    OpenIndex index;
    CHECK(found(index, 0).empty());
    index.erase(7, 1);
    index.insert(7, 1);
    index.clear();
    CHECK(found(index, 7).empty());
    CHECK(index.size() == 0);
}

TEST_CASE("Several numbers stand under one key, each as often as it was put there", "[ledger]") {
    OpenIndex index;
    for (const std::uint32_t number : {5U, 0U, 0xFFFFFFFFU, 5U}) {
        index.insert(0, number);
    }
    CHECK(found(index, 0) == std::vector<std::uint32_t>{0, 5, 5, 0xFFFFFFFFU});
    index.erase(0, 5);
    index.erase(0, 4);
    index.erase(1, 0);
    CHECK(found(index, 0) == std::vector<std::uint32_t>{0, 5, 0xFFFFFFFFU});
    CHECK(index.size() == 3);
}

TEST_CASE("Whatever comes and goes, what is in the index is found", "[ledger]") {
    std::mt19937_64 random{20261130};
    OpenIndex index;
    Model model;
    const auto key_of = [&] { return random() % 4 == 0 ? random() % 16 : random() % 40'000 << 40U; };
    std::size_t lost = 0;
    for (int round = 0; round < 200'000; ++round) {
        const auto key = key_of();
        const auto number = static_cast<std::uint32_t>(random() % 8);
        const bool grows = round < 80'000 || (round > 140'000 && round < 170'000);
        if (random() % 4 == (grows ? 0U : 3U) || (!grows && random() % 2 == 0)) {
            const auto [begin, end] = model.equal_range(key);
            const auto entry =
                std::find_if(begin, end, [&](const auto& one) { return one.second == number; });
            if (entry != end) {  // erase() of what is not there might take another's that looks alike
                model.erase(entry);
                index.erase(key, number);
            }
        } else {
            model.emplace(key, number);
            index.insert(key, number);
        }
        lost += has_all(index, model, key) ? 0 : 1;
    }
    for (auto entry = model.begin(); entry != model.end(); entry = model.upper_bound(entry->first)) {
        lost += has_all(index, model, entry->first) ? 0 : 1;
    }
    CHECK(lost == 0);
    CHECK(index.size() == model.size());
    CHECK(model.size() > 10'000);
}

TEST_CASE("Keys that were never put there are seldom met", "[ledger]") {
    OpenIndex index;
    for (std::uint64_t key = 0; key < 100'000; ++key) {
        index.insert(key * 0x1'0000'0001ULL, static_cast<std::uint32_t>(key));
    }
    std::size_t met = 0;
    for (std::uint64_t key = 0; key < 100'000; ++key) {
        met += found(index, key * 0x1'0000'0001ULL + 1).size();
    }
    CHECK(met < 100);  // 100,000 tags of 31 bits: five expected
}
