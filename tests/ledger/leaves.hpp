/// Leaves of a log, each unlike the others.

#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "fedtrail/core/bytes.hpp"
#include "fedtrail/ledger/hash.hpp"

namespace fedtrail::testing {

inline std::vector<ledger::Hash> some_leaves(std::size_t count) {
    std::vector<ledger::Hash> leaves;
    for (std::size_t i = 0; i < count; ++i) {
        leaves.push_back(ledger::leaf_hash(bytes_of("leaf " + std::to_string(i))));
    }
    return leaves;
}

}  // namespace fedtrail::testing
