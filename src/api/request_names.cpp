#include "fedtrail/core/count.hpp"

#include "api/request_json.hpp"

namespace fedtrail::api {

std::string_view name_of(records::RequestSource source) {
    switch (source) {
        case records::RequestSource::Admin:
            return "admin";
        case records::RequestSource::Person:
            return "person";
        case records::RequestSource::Observed:
            return "observed";
    }
    return "admin";
}

std::string_view name_of(records::ScopeKind kind) {
    switch (kind) {
        case records::ScopeKind::Account:
            return "account";
        case records::ScopeKind::Objects:
            return "objects";
        case records::ScopeKind::Matching:
            return "matching";
    }
    return "account";
}

std::string_view name_of(records::AttemptResult result) {
    switch (result) {
        case records::AttemptResult::Begun:
            return "begun";
        case records::AttemptResult::Answered:
            return "answered";
        case records::AttemptResult::Unreachable:
            return "unreachable";
        case records::AttemptResult::Sent:
            return "sent";
        case records::AttemptResult::Blocked:
            return "blocked";
    }
    return "begun";
}

namespace {

std::string scope_categories(fediverse::CategorySet categories) {
    std::string out = categories.empty() ? "everything" : "";
    for (const auto& [category, name] : fediverse::kDataCategories) {
        if (categories.has(category)) {
            out += (out.empty() ? "" : " ") + std::string{name};
        }
    }
    return out;
}

}  // namespace

std::string scope_words(const records::ErasureScope& scope) {
    std::string out{name_of(scope.kind)};
    if (scope.kind == records::ScopeKind::Objects) {
        out = counted(scope.objects.size(), "object");
    } else if (scope.kind == records::ScopeKind::Matching) {
        out = scope_categories(scope.categories);
        if (scope.before) {
            out += " before " + format_rfc3339(*scope.before);
        }
    }
    if (scope.recipients.size() == 1) {
        out += " at " + scope.recipients.front().text();
    } else if (!scope.recipients.empty()) {
        out += " at " + counted(scope.recipients.size(), "server");
    }
    return out;
}

}  // namespace fedtrail::api
