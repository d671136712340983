#include "backends/openssl/owned.hpp"

#include <string>
#include <system_error>
#include <utility>

#include <openssl/err.h>

namespace fedtrail::openssl {

namespace {

/// OpenSSL has no words for what the system refused: its reason is errno then.
std::string reason_of(unsigned long code) {  // NOLINT(google-runtime-int): OpenSSL's
    if (ERR_SYSTEM_ERROR(code)) {
        return std::generic_category().message(ERR_GET_REASON(code));
    }
    const char* const reason = code == 0 ? nullptr : ERR_reason_error_string(code);
    return reason == nullptr ? "OpenSSL gives no reason" : reason;
}

}  // namespace

Error last_error(ErrorKind kind, std::string doing, std::string remedy) {
    const auto code = ERR_get_error();
    const auto reason = reason_of(code);
    ERR_clear_error();
    return Error{kind, std::move(doing) + " failed: " + reason, std::move(remedy)};
}

}  // namespace fedtrail::openssl
