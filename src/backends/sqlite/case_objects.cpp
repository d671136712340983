/// The objects of a request, 128 in a row.

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "backends/sqlite/case_notices.hpp"
#include "backends/sqlite/case_request_code.hpp"
#include "backends/sqlite/row_values.hpp"

namespace fedtrail::sqlite {

namespace {

constexpr std::size_t kPart = 128;
constexpr std::int64_t kLastPart = 0xFFFFFFFF / kPart;

using Objects = std::vector<records::ErasedObject>;

std::string part_place(records::RequestNumber request, std::int64_t part, std::size_t objects) {
    return place_of("objects", {id(request), part, static_cast<std::int64_t>(objects)});
}

struct StoredPart {
    std::int64_t part{};
    std::size_t objects{};
    Bytes sealed;
};

/// Those with the numbers `first` to `last`, ascending.
std::vector<StoredPart> parts_of(CaseTables tables,
                                 records::RequestNumber request,
                                 std::int64_t first,
                                 std::int64_t last) {
    auto& row = tables.statements.get(
        "SELECT part, objects, sealed FROM object_part "
        "WHERE request = ? AND part BETWEEN ? AND ? ORDER BY part");
    row.bind(1, id(request));
    row.bind(2, first);
    row.bind(3, last);
    std::vector<StoredPart> parts;
    while (row.executeStep()) {
        const auto blob = blob_of(row.getColumn(2));
        parts.push_back(StoredPart{row.getColumn(0).getInt64(),
                                   static_cast<std::size_t>(row.getColumn(1).getInt64()),
                                   Bytes{blob.begin(), blob.end()}});
    }
    return parts;
}

/// Empty ones if the subject has no key any more.
Result<Objects> objects_in(CaseTables tables,
                           records::RequestNumber request,
                           privacy::SubjectNumber subject,
                           const StoredPart& stored) {
    const auto place = part_place(request, stored.part, stored.objects);
    const auto plain = tables.seals.open(subject, place, stored.sealed);
    if (!plain) {
        return fail(plain);
    }
    if (stored.objects > kPart) {
        return damaged(place);
    }
    if (!*plain) {
        return Objects(stored.objects);
    }
    auto objects = decode_objects(**plain);
    if (objects && objects->size() != stored.objects) {
        return damaged(place);
    }
    return objects;
}

tl::unexpected<Error> no_key(records::RequestNumber request) {
    return fail(ErrorKind::NotFound,
                "the key of the subject of erasure request " + std::to_string(request.get()) + " is gone",
                "nothing more can be planned for somebody who was shredded");
}

tl::unexpected<Error> other_objects(records::RequestNumber request) {
    return fail(ErrorKind::Invalid,
                "the objects of erasure request " + std::to_string(request.get()) +
                    " do not begin with those that were planned",
                "read them again and put new ones behind them");
}

Result<void> put_part(CaseTables tables,
                      records::RequestNumber request,
                      privacy::SubjectNumber subject,
                      std::int64_t part,
                      std::span<const records::ErasedObject> objects) {
    const auto sealed =
        tables.seals.seal(subject, part_place(request, part, objects.size()), encode_objects(objects));
    if (!sealed) {
        return fail(sealed);
    }
    if (!*sealed) {
        return no_key(request);
    }
    auto& row = tables.statements.get(
        "INSERT INTO object_part VALUES (?1, ?2, ?3, ?4) "
        "ON CONFLICT (request, part) DO UPDATE SET objects = ?3, sealed = ?4");
    row.bind(1, id(request));
    row.bind(2, part);
    row.bind(3, static_cast<std::int64_t>(objects.size()));
    bind_blob(row, 4, **sealed);
    row.exec();
    return {};
}

/// Whether `now` starts with `before`; a hold may have come or gone.
bool continues(std::span<const records::ErasedObject> before, std::span<const records::ErasedObject> now) {
    return before.size() <= now.size() &&
           std::equal(before.begin(), before.end(), now.begin(), [](const auto& a, const auto& b) {
               return a.uri == b.uri && a.categories == b.categories;
           });
}

}  // namespace

Result<void> put_objects(CaseTables tables,
                         records::RequestNumber request,
                         privacy::SubjectNumber subject,
                         std::span<const records::ErasedObject> objects) {
    if (objects.empty() && parts_of(tables, request, 0, 0).empty()) {
        return {};
    }
    const auto key = tables.seals.has_key(subject);
    if (!key || !*key) {
        return key ? no_key(request) : fail(key);
    }
    std::size_t before = 0;
    std::set<std::size_t> unchanged;  // the first objects of parts that need not be written again
    for (const auto& stored : parts_of(tables, request, 0, kLastPart)) {
        const auto old = objects_in(tables, request, subject, stored);
        if (!old) {
            return fail(old);
        }
        if (before > objects.size() || !continues(*old, objects.subspan(before))) {
            return other_objects(request);
        }
        const auto now = objects.subspan(before, std::min(kPart, objects.size() - before));
        if (std::equal(old->begin(), old->end(), now.begin(), now.end())) {
            unchanged.insert(before);
        }
        before += old->size();
    }
    for (std::size_t first = 0; first < objects.size(); first += kPart) {
        const auto part = objects.subspan(first, std::min(kPart, objects.size() - first));
        const auto number = static_cast<std::int64_t>(first / kPart);
        const auto put =
            unchanged.count(first) > 0 ? Result<void>{} : put_part(tables, request, subject, number, part);
        if (!put) {
            return fail(put);
        }
    }
    return {};
}

namespace {

Result<Objects> all_objects(CaseTables tables,
                            records::RequestNumber request,
                            privacy::SubjectNumber subject) {
    Objects objects;
    for (const auto& stored : parts_of(tables, request, 0, kLastPart)) {
        const auto part = objects_in(tables, request, subject, stored);
        if (!part) {
            return fail(part);
        }
        objects.insert(objects.end(), part->begin(), part->end());
    }
    return objects;
}

/// Empty if there is no such part.
Result<Objects> part_of(CaseTables tables,
                        records::RequestNumber request,
                        privacy::SubjectNumber subject,
                        std::int64_t number) {
    const auto stored = parts_of(tables, request, number, number);
    return stored.empty() ? Result<Objects>{Objects{}} : objects_in(tables, request, subject, stored.front());
}

}  // namespace

Result<Objects> read_objects(CaseTables tables,
                             records::RequestNumber request,
                             std::span<const std::uint32_t> indexes) {
    const auto subject = subject_of(tables.statements, request);
    if (!subject) {
        return Objects{};
    }
    if (indexes.empty()) {
        return all_objects(tables, request, *subject);
    }
    std::map<std::int64_t, Result<Objects>> parts;
    Objects objects;
    objects.reserve(indexes.size());
    for (const auto index : indexes) {
        const auto number = static_cast<std::int64_t>(index / kPart);
        if (parts.count(number) == 0) {
            parts.emplace(number, part_of(tables, request, *subject, number));
        }
        const auto& part = parts.at(number);
        if (!part) {
            return fail(part);
        }
        if (index % kPart >= part->size()) {
            return fail(ErrorKind::Corrupt,
                        "erasure request " + std::to_string(request.get()) + " has no object " +
                            std::to_string(index),
                        "run `fedtrail doctor`");
        }
        objects.push_back((*part)[index % kPart]);
    }
    return objects;
}

}  // namespace fedtrail::sqlite
