#include "backends/openssl/owned.hpp"

#include <utility>

#include <openssl/err.h>

namespace fedtrail::openssl {

Error last_error(ErrorKind kind, std::string doing, std::string remedy) {
    const auto code = ERR_get_error();
    const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
    ERR_clear_error();
    return Error{kind,
                 std::move(doing) + " failed: " + (reason == nullptr ? "OpenSSL gives no reason" : reason),
                 std::move(remedy)};
}

}  // namespace fedtrail::openssl
