/// What one host says of another: whether the name of its accounts leads there. Pure.

#pragma once

#include <string_view>

#include "fedtrail/core/uri.hpp"

namespace fedtrail::recipients {

/// Whether a WebFinger document (RFC 7033) has a link to the account itself, at `host`. What is no such
/// document, or is nested deeper than eight, names nobody.
[[nodiscard]] bool names_in_webfinger(std::string_view body, const Host& host);

/// Whether a host-meta document (RFC 6415) has a template that leads to `host`.
[[nodiscard]] bool names_in_host_meta(std::string_view body, const Host& host);

}  // namespace fedtrail::recipients
