#include "erasure/scope.hpp"

#include <algorithm>

#include "fedtrail/core/count.hpp"

#include "erasure/sort_once.hpp"

namespace fedtrail::erasure {

namespace {

constexpr std::size_t kMostObjects = 10'000;
constexpr std::size_t kMostRecipients = 10'000;

Result<void> check(const records::ErasureScope& scope) {
    using records::ScopeKind;
    if (scope.kind != ScopeKind::Objects && !scope.objects.empty()) {
        return fail(ErrorKind::Invalid,
                    "objects are chosen, but the scope is not \"objects\"",
                    "choose the scope \"objects\", or name none");
    }
    if (scope.kind != ScopeKind::Matching && (scope.before || !scope.categories.empty())) {
        return fail(ErrorKind::Invalid,
                    "a moment or categories are given, but the scope is not \"matching\"",
                    "choose the scope \"matching\", or leave them out");
    }
    if (scope.kind == ScopeKind::Matching && !scope.before && scope.categories.empty()) {
        return fail(ErrorKind::Invalid,
                    "the scope \"matching\" names neither a moment nor a category",
                    "name one of them, or erase the account");
    }
    if (scope.recipients.size() > kMostRecipients) {
        return fail(ErrorKind::Invalid,
                    "a request names more than " + std::to_string(kMostRecipients) + " recipients",
                    "open several requests");
    }
    if (std::any_of(scope.recipients.begin(), scope.recipients.end(), [](const Host& host) {
            return host.empty();
        })) {
        return fail(ErrorKind::Invalid, "a request names a recipient without a host");
    }
    return {};
}

}  // namespace

Result<std::vector<Personal<std::string>>> normalised(const std::vector<Personal<std::string>>& uris,
                                                      std::size_t most) {
    if (uris.empty() || uris.size() > most) {
        return fail(ErrorKind::Invalid,
                    "at least one object and at most " + grouped(most) + " are to be named");
    }
    std::vector<Personal<std::string>> found;
    found.reserve(uris.size());
    for (const auto& text : uris) {
        const auto uri = Uri::parse(text.reveal());
        if (!uri) {
            return fail(
                ErrorKind::Invalid, "an object that was named is no URI", "give its full https address");
        }
        found.emplace_back(uri->text());
    }
    sort_once(found);
    return found;
}

Result<records::ErasureScope> normalised(records::ErasureScope scope, const std::string& actor) {
    if (const auto right = check(scope); !right) {
        return fail(right);
    }
    sort_once(scope.recipients);
    if (scope.kind != records::ScopeKind::Objects) {
        return scope;
    }
    auto objects = normalised(scope.objects, kMostObjects);
    if (!objects) {
        return fail(objects);
    }
    scope.objects = std::move(*objects);
    if (std::binary_search(scope.objects.begin(), scope.objects.end(), Personal<std::string>{actor})) {
        return fail(ErrorKind::Invalid,
                    "the account itself is among the chosen objects",
                    "choose the scope \"account\" to erase it");
    }
    return scope;
}

}  // namespace fedtrail::erasure
