/// What the kinds of records are called, and who they are about.

#include <algorithm>

#include "fedtrail/records/leaf.hpp"

namespace fedtrail::records {

namespace {

constexpr std::array<std::string_view, 17> kNames{"activity",
                                                  "late_attempt",
                                                  "recipient_name",
                                                  "window",
                                                  "request_event",
                                                  "notice_state",
                                                  "notice_attempt",
                                                  "notice_look",
                                                  "notice_letter",
                                                  "objection",
                                                  "policy_change",
                                                  "shredding",
                                                  "retention_run",
                                                  "export",
                                                  "access",
                                                  "gap",
                                                  "consent"};
static_assert(kNames.size() == std::variant_size_v<LeafBody>);
static_assert(kNames.size() == static_cast<std::size_t>(kLastLeafKind) + 1);

}  // namespace

std::string_view name_of(LeafKind kind) {
    return kNames.at(static_cast<std::size_t>(kind));
}

std::optional<LeafKind> leaf_kind_named(std::string_view name) {
    const auto found = std::find(kNames.begin(), kNames.end(), name);
    return found == kNames.end() ? std::nullopt
                                 : std::optional{static_cast<LeafKind>(found - kNames.begin())};
}

std::optional<privacy::SubjectNumber> subject_of(const LeafBody& body) {
    return std::visit(
        [](const auto& leaf) -> std::optional<privacy::SubjectNumber> {
            if constexpr (requires { leaf.subject; }) {
                return leaf.subject;
            } else {
                return std::nullopt;
            }
        },
        body);
}

}  // namespace fedtrail::records
