#include "fedtrail/ledger/varint.hpp"

namespace fedtrail::ledger {

std::uint64_t ByteReader::long_varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 70; shift += 7) {
        const auto part = byte();
        if (!ok_ || (shift == 63 && part > 1)) {
            ok_ = false;
            return 0;
        }
        value |= static_cast<std::uint64_t>(part & 0x7FU) << shift;
        if (part < 0x80) {
            return value;
        }
    }
    ok_ = false;
    return 0;
}

}  // namespace fedtrail::ledger
