#include "fedtrail/core/count.hpp"

#include <cstddef>

namespace fedtrail {

std::string grouped(std::uint64_t number) {
    auto text = std::to_string(number);
    for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3) {
        text.insert(static_cast<std::size_t>(at), " ");
    }
    return text;
}

std::string counted(std::uint64_t number, std::string_view one, std::string_view many) {
    auto text = grouped(number) + " ";
    if (number != 1 && !many.empty()) {
        return text.append(many);
    }
    return text.append(one).append(number == 1 ? "" : "s");
}

}  // namespace fedtrail
