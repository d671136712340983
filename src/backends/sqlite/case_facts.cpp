#include "backends/sqlite/case_facts.hpp"

#include <array>

#include "backends/sqlite/case_objections.hpp"

namespace fedtrail::sqlite {

namespace {

std::string place_of_minor(privacy::SubjectNumber subject) {
    return place_of("subject_fact", {static_cast<std::int64_t>(subject.get())});
}

Result<std::optional<bool>> opened(const CaseSeals& seals, privacy::SubjectNumber subject, ByteView sealed) {
    const auto place = place_of_minor(subject);
    const auto plain = seals.open(subject, place, sealed);
    if (!plain) {
        return fail(plain);
    }
    if (!*plain) {
        return std::optional<bool>{};
    }
    if ((*plain)->size() != 1 || (**plain)[0] > std::byte{1}) {
        return damaged(place);
    }
    return std::optional{(**plain)[0] == std::byte{1}};
}

}  // namespace

Result<void> put_minor(Statements& statements,
                       const CaseSeals& seals,
                       privacy::SubjectNumber subject,
                       std::optional<bool> minor) {
    const auto number = static_cast<std::int64_t>(subject.get());
    if (!minor) {
        auto& row = statements.get("DELETE FROM subject_fact WHERE subject = ?");
        row.bind(1, number);
        row.exec();
        count_change(statements);
        return {};
    }
    const std::array plain{*minor ? std::byte{1} : std::byte{0}};
    const auto sealed = seals.seal(subject, place_of_minor(subject), plain);
    if (!sealed) {
        return fail(sealed);
    }
    if (!*sealed) {
        return fail(ErrorKind::NotFound, "this person has no key (any more)", "Nothing can be kept of them.");
    }
    auto& row = statements.get("INSERT OR REPLACE INTO subject_fact VALUES (?, ?)");
    row.bind(1, number);
    row.bind(2, (*sealed)->data(), static_cast<int>((*sealed)->size()));
    row.exec();
    count_change(statements);
    return {};
}

Result<std::optional<bool>> read_minor(Statements& statements,
                                       const CaseSeals& seals,
                                       privacy::SubjectNumber subject) {
    auto& row = statements.get("SELECT minor FROM subject_fact WHERE subject = ?");
    row.bind(1, static_cast<std::int64_t>(subject.get()));
    if (!row.executeStep()) {
        return std::optional<bool>{};
    }
    return opened(seals, subject, blob_of(row.getColumn(0)));
}

Result<std::vector<privacy::SubjectNumber>> read_minors(Statements& statements, const CaseSeals& seals) {
    auto& row = statements.get("SELECT subject, minor FROM subject_fact ORDER BY subject");
    std::vector<privacy::SubjectNumber> list;
    while (row.executeStep()) {
        const privacy::SubjectNumber subject{static_cast<std::uint64_t>(row.getColumn(0).getInt64())};
        const auto minor = opened(seals, subject, blob_of(row.getColumn(1)));
        if (!minor) {
            return fail(minor);
        }
        if (minor->value_or(false)) {
            list.push_back(subject);
        }
    }
    return list;
}

}  // namespace fedtrail::sqlite
