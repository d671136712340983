/// Whose key was destroyed.

#pragma once

#include <string_view>

#include "fedtrail/core/result.hpp"
#include "fedtrail/ports/shredding.hpp"
#include "fedtrail/ports/subject_finder.hpp"

namespace fedtrail::retention {

/// Errors: those of the book.
[[nodiscard]] Result<bool> is_shredded(const ShreddingBook& book, privacy::SubjectNumber subject);

/// As SubjectFinder::find(); also the number of somebody who was shredded, for the log still has something of
/// it. Errors: those of both.
[[nodiscard]] Result<privacy::SubjectNumber> find_even_shredded(const SubjectFinder& people,
                                                                const ShreddingBook& book,
                                                                std::string_view subject);

}  // namespace fedtrail::retention
