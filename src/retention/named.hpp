/// Whether a text that stays for good says who somebody is.

#pragma once

#include <string_view>

#include "fedtrail/ports/subject_vault.hpp"

namespace fedtrail::retention {

/// Their handle, their actor URI, or their user name as a word of its own, in any case (ASCII).
[[nodiscard]] bool names_person(std::string_view text, const SubjectIdentity& person);

}  // namespace fedtrail::retention
