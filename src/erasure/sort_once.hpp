/// Sorted, and each once.

#pragma once

#include <algorithm>
#include <vector>

namespace fedtrail::erasure {

template <typename T>
void sort_once(std::vector<T>& values) {
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
}

}  // namespace fedtrail::erasure
