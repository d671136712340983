#include "fedtrail/core/handle.hpp"

#include <algorithm>
#include <utility>

namespace fedtrail {

namespace {

constexpr std::size_t kLongestHandle = 512;

bool is_account_name(std::string_view name) {
    return !name.empty() && std::none_of(name.begin(), name.end(), [](char c) {
        const auto octet = static_cast<unsigned char>(c);
        return octet <= 0x20 || octet == 0x7F || c == '@' || c == '/';
    });
}

}  // namespace

Result<Handle> Handle::parse(std::string_view text) {
    const bool fits = text.size() <= kLongestHandle;
    for (const std::string_view before : {"acct:", "@"}) {
        text.remove_prefix(text.starts_with(before) ? before.size() : 0);
    }
    const auto at = text.rfind('@');
    const auto name = text.substr(0, at);
    auto host = Host::parse(at == std::string_view::npos ? std::string_view{} : text.substr(at + 1));
    if (!fits || !host || !is_account_name(name)) {
        return fail(ErrorKind::Invalid, "this is no handle", "write it like alice@origin.example");
    }
    return Handle{std::string{name}, std::move(*host)};
}

}  // namespace fedtrail
