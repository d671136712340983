#include "fedtrail/records/by.hpp"

#include <algorithm>

#include "fedtrail/records/access.hpp"

namespace fedtrail::records {

namespace {

constexpr char kAfterRole = ':';
constexpr char kBeforeLogin = '/';

bool is_operator(std::string_view name) {
    constexpr char kFirst = '!';
    constexpr char kLast = '~';
    return !name.empty() && name.size() <= kMaxOperatorName &&
           std::all_of(name.begin(), name.end(), [](char c) {
               return c >= kFirst && c <= kLast && c != kBeforeLogin;
           });
}

}  // namespace

Result<std::string> parse_operator(std::string_view name) {
    if (!is_operator(name)) {
        return fail(
            ErrorKind::Invalid,
            "the name of who does this is not 1 to 64 printable ASCII characters without blanks and /",
            "Give a short name, as in --by anna.");
    }
    return std::string{name};
}

std::string by_operator(const std::string& login, const std::string& said) {
    auto by = std::string{looker::kOperator} + kAfterRole;
    if (said.empty() || said == login) {
        return by + login;
    }
    return by + said + kBeforeLogin + login;
}

bool is_by_operator(std::string_view by) {
    if (!names_operator(by)) {
        return false;
    }
    by.remove_prefix(looker::kOperator.size() + 1);
    const auto slash = std::min(by.find(kBeforeLogin), by.size());
    return is_operator(by.substr(0, slash)) && (slash == by.size() || is_operator(by.substr(slash + 1)));
}

bool names_operator(std::string_view by) {
    return by.starts_with(looker::kOperator) && by.substr(looker::kOperator.size()).starts_with(kAfterRole);
}

std::string_view without_operator(std::string_view by) {
    return names_operator(by) ? looker::kOperator : by;
}

}  // namespace fedtrail::records
