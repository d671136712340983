#include "retention/shredded.hpp"

#include <algorithm>
#include <charconv>

namespace fedtrail::retention {

Result<bool> is_shredded(const ShreddingBook& book, privacy::SubjectNumber subject) {
    const auto all = book.shreddings();
    if (!all) {
        return fail(all);
    }
    return std::any_of(
        all->begin(), all->end(), [subject](const auto& shredding) { return shredding.subject == subject; });
}

Result<privacy::SubjectNumber> find_even_shredded(const SubjectFinder& people,
                                                  const ShreddingBook& book,
                                                  std::string_view subject) {
    auto found = people.find(subject);
    if (found || found.error().kind != ErrorKind::NotFound) {
        return found;
    }
    std::uint64_t number{};
    const auto* const end = subject.data() + subject.size();
    const auto [stopped, error] = std::from_chars(subject.data(), end, number);
    if (error != std::errc{} || stopped != end) {
        return found;
    }
    const privacy::SubjectNumber shredded{number};
    const auto gone = is_shredded(book, shredded);
    if (!gone) {
        return fail(gone);
    }
    return *gone ? Result<privacy::SubjectNumber>{shredded} : std::move(found);
}

}  // namespace fedtrail::retention
