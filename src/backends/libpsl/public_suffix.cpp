#include "backends/libpsl/public_suffix.hpp"

#include <libpsl.h>

namespace fedtrail::libpsl {

bool is_public_suffix(const Host& host) {
    static const psl_ctx_t* const list = psl_latest(nullptr);
    return list != nullptr && psl_is_public_suffix(list, host.text().c_str()) == 1;
}

}  // namespace fedtrail::libpsl
