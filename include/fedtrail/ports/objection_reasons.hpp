/// Why people object: kept beside the objections, and gone with them.

#pragma once

#include <cstddef>
#include <map>
#include <string>

#include "fedtrail/core/result.hpp"
#include "fedtrail/core/uri.hpp"
#include "fedtrail/privacy/disclosure.hpp"

namespace fedtrail {

inline constexpr std::size_t kMaxObjectionReason = 2'000;  ///< Octets.

/// Apart from ObjectionBook: what a delivery is checked against needs no words. Thread-safe; several
/// processes may share it.
class ObjectionReasons {
public:
    ObjectionReasons() = default;
    ObjectionReasons(const ObjectionReasons&) = delete;
    ObjectionReasons& operator=(const ObjectionReasons&) = delete;
    ObjectionReasons(ObjectionReasons&&) = delete;
    ObjectionReasons& operator=(ObjectionReasons&&) = delete;
    virtual ~ObjectionReasons() = default;

    /// In place of an earlier one. Errors: NotFound (no such objection stands, or the person has no key),
    /// Unavailable.
    [[nodiscard]] virtual Result<void> keep_reason(privacy::SubjectNumber subject,
                                                   const Host& recipient,
                                                   const std::string& reason) = 0;
    /// Of the objections of theirs that have one. Errors: Corrupt, Unavailable.
    [[nodiscard]] virtual Result<std::map<Host, std::string>> reasons(
        privacy::SubjectNumber subject) const = 0;
};

}  // namespace fedtrail
