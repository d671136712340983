/// Whether a value can be written to a stream: what is personal or secret must not.

#pragma once

#include <ostream>

namespace fedtrail::testing {

template <typename T>
concept Streams = requires(std::ostream& out, const T& value) {
    out << value;
};

}  // namespace fedtrail::testing
