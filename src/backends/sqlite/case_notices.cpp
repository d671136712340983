#include "backends/sqlite/case_notices.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <unordered_map>
#include <utility>

#include "backends/sqlite/case_notice_code.hpp"
#include "backends/sqlite/leaf_table.hpp"

namespace fedtrail::sqlite {

namespace {

/// What a notice must know of its request.
struct Circumstances {
    privacy::SubjectNumber subject;
    int open_wave{};
};

std::optional<Circumstances> circumstances_of(Statements& statements, records::RequestNumber request) {
    auto& row = statements.get("SELECT subject, open_wave FROM request WHERE number = ?");
    row.bind(1, static_cast<std::int64_t>(request.get()));
    if (!row.executeStep()) {
        return std::nullopt;
    }
    const Circumstances known{privacy::SubjectNumber{static_cast<std::uint64_t>(row.getColumn(0).getInt64())},
                              row.getColumn(1).getInt()};
    row.reset();
    return known;
}

/// Asks for each request once.
class RequestsMet {
public:
    explicit RequestsMet(Statements& statements) : statements_(statements) {}

    /// Null if there is no such request.
    const Circumstances* find(records::RequestNumber request) {
        auto place = known_.find(request);
        if (place == known_.end()) {
            place = known_.emplace(request, circumstances_of(statements_, request)).first;
        }
        return place->second ? &*place->second : nullptr;
    }

private:
    Statements& statements_;
    std::map<records::RequestNumber, std::optional<Circumstances>> known_;
};

tl::unexpected<Error> no_notice(records::NoticeNumber number) {
    return fail(ErrorKind::NotFound, "there is no notice " + std::to_string(number.get()));
}

void bind_at(SQLite::Statement& row, int index, const std::optional<Instant>& at) {
    if (at) {
        row.bind(index, static_cast<std::int64_t>(at->time_since_epoch().count()));
    } else {
        row.bind(index);
    }
}

/// Columns 1 to 11 of a notice's row, which both statements below have in this order.
Result<void> bind_notice(CaseTables tables,
                         SQLite::Statement& row,
                         const records::Notice& notice,
                         const Circumstances& known) {
    const auto wave = next_wave(notice);
    row.bind(1, static_cast<std::int64_t>(notice.number.get()));
    row.bind(2, static_cast<std::int64_t>(notice.request.get()));
    row.bind(3, notice.recipient.text());
    row.bind(4, static_cast<int>(notice.state));
    row.bind(5, static_cast<std::int64_t>(notice.steps.size()));
    row.bind(6, static_cast<std::int64_t>(notice.position));
    row.bind(7, wave);
    bind_at(row, 8, notice.next_at);
    bind_at(row, 9, notice.next_look_at);
    bind_at(row, 10, std::max(wave, 1) <= known.open_wave ? notice.next_at : std::nullopt);
    auto words = Result<std::optional<Bytes>>{std::nullopt};
    if (!notice.inbox.empty() || !notice.reason.empty()) {
        words = tables.seals.seal(known.subject, place_of("sealed", notice), encode_words(notice));
    }
    if (!words) {
        return fail(words);
    }
    bind_blob(row, 11, stamped(place_of("facts", notice), encode_facts(notice, words->has_value())));
    if (*words) {
        bind_blob(row, 12, **words);
    }
    return {};
}

Result<void> check_steps(const records::Notice& notice) {
    if (notice.steps.size() > kMaxSteps || notice.position > notice.steps.size()) {
        return fail(ErrorKind::Invalid, "a notice has over a million steps, or stands behind its last one");
    }
    return {};
}

Result<void> check_planned(const records::Notice& notice,
                           records::RequestNumber request,
                           std::size_t objects) {
    const bool known =
        std::all_of(notice.steps.begin(), notice.steps.end(), [&](const records::NoticeStep& step) {
            return step.kind == fediverse::StepKind::DeleteActor || step.object < objects;
        });
    if (notice.request != request || notice.recipient.empty() || !known) {
        return fail(ErrorKind::Invalid,
                    "a notice of erasure request " + std::to_string(request.get()) + " does not fit it");
    }
    return {};
}

void put_steps(Statements& statements, const records::Notice& notice) {
    auto& row = statements.get(
        "INSERT INTO notice_steps VALUES (?1, ?2) "
        "ON CONFLICT (notice) DO UPDATE SET content = ?2 WHERE content <> ?2");
    row.bind(1, static_cast<std::int64_t>(notice.number.get()));
    bind_blob(row, 2, stamped(place_of("steps", notice), encode_steps(notice.steps)));
    row.exec();
}

Result<void> add_notice(CaseTables tables, const records::Notice& notice, const Circumstances& known) {
    if (const auto fits = check_steps(notice); !fits) {
        return fail(fits);
    }
    auto& row = tables.statements.get("INSERT INTO notice VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    if (const auto bound = bind_notice(tables, row, notice, known); !bound) {
        return fail(bound);
    }
    row.exec();
    put_steps(tables.statements, notice);
    return {};
}

/// What the log says of a notice in each of its leaves.
struct NoticeNames {
    records::RequestNumber request;
    Host recipient;
};

std::optional<records::LeafRecord> leaf_of(const records::NoticeAttempt& attempt, const NoticeNames& names) {
    if (attempt.result == records::AttemptResult::Begun) {
        return std::nullopt;  // what became of it is written down as well
    }
    return records::LeafRecord{attempt.at,
                               records::NoticeAttemptLeaf{names.request,
                                                          attempt.notice,
                                                          names.recipient,
                                                          attempt.step,
                                                          attempt.result,
                                                          attempt.status,
                                                          attempt.scheme,
                                                          attempt.note}};
}

std::optional<records::LeafRecord> leaf_of(const records::NoticeLook& look, const NoticeNames& names) {
    return records::LeafRecord{
        look.at,
        records::NoticeLookLeaf{
            names.request, look.notice, names.recipient, look.probe, look.presence, look.status}};
}

std::optional<records::LeafRecord> leaf_of(const records::NoticeLetter& letter, const NoticeNames& names) {
    return records::LeafRecord{letter.at,
                               records::NoticeLetterLeaf{names.request,
                                                         letter.notice,
                                                         names.recipient,
                                                         letter.rung,
                                                         letter.language,
                                                         letter.channel,
                                                         letter.message_id,
                                                         letter.handed_over,
                                                         letter.note}};
}

/// Writes pieces of evidence behind those that are there, and a leaf for each.
class EvidenceWriter {
public:
    explicit EvidenceWriter(Statements& statements) : statements_(statements) {}

    /// Errors: NotFound, Corrupt.
    template <typename Piece>
    [[nodiscard]] Result<void> add(const Piece& piece) {
        auto known = known_.find(piece.notice);
        if (known == known_.end()) {
            auto file = open(piece.notice);
            if (!file) {
                return fail(file);
            }
            known = known_.emplace(piece.notice, std::move(*file)).first;
        }
        const auto number = static_cast<std::int64_t>(piece.notice.get());
        auto& next = known->second.next;
        auto& row = statements_.get("INSERT INTO evidence VALUES (?, ?, ?)");
        row.bind(1, number);
        row.bind(2, next);
        bind_blob(row, 3, stamped(place_of("evidence", {number, next}), encode_evidence(piece)));
        row.exec();
        ++next;
        const auto leaf = leaf_of(piece, known->second.names);
        return leaf ? put_leaf(statements_, *leaf) : Result<void>{};
    }

private:
    struct File {
        std::int64_t next{};
        NoticeNames names;
    };

    Result<File> open(records::NoticeNumber notice) {
        auto& row = statements_.get(
            "SELECT (SELECT max(place) FROM evidence WHERE notice = ?1), request, recipient FROM notice "
            "WHERE number = ?1");
        row.bind(1, static_cast<std::int64_t>(notice.get()));
        if (!row.executeStep()) {
            return no_notice(notice);
        }
        const auto next = row.getColumn(0).isNull() ? 0 : row.getColumn(0).getInt64() + 1;
        const records::RequestNumber request{static_cast<std::uint64_t>(row.getColumn(1).getInt64())};
        auto recipient = Host::parse(row.getColumn(2).getText());
        row.reset();
        return recipient ? Result<File>{File{next, {request, std::move(*recipient)}}}
                         : Result<File>{damaged("notice")};
    }

    Statements& statements_;
    std::unordered_map<records::NoticeNumber, File> known_;
};

template <typename Piece>
Result<void> put_all(EvidenceWriter& writer, std::span<const Piece> pieces) {
    for (const auto& piece : pieces) {
        if (const auto put = writer.add(piece); !put) {
            return fail(put);
        }
    }
    return {};
}

/// Nothing if there is no such notice.
std::optional<std::int64_t> state_of(Statements& statements, records::NoticeNumber notice) {
    auto& row = statements.get("SELECT state FROM notice WHERE number = ?");
    row.bind(1, static_cast<std::int64_t>(notice.get()));
    if (!row.executeStep()) {
        return std::nullopt;
    }
    const auto state = row.getColumn(0).getInt64();
    row.reset();
    return state;
}

Result<void> change_notice(CaseTables tables,
                           const records::Notice& notice,
                           const Circumstances& known,
                           Instant at) {
    if (const auto fits = check_steps(notice); !fits) {
        return fail(fits);
    }
    const auto before = state_of(tables.statements, notice.number);
    auto& row = tables.statements.get(
        "UPDATE notice SET state = ?4, steps = ?5, position = ?6, wave = ?7, next_at = ?8, next_look_at = "
        "?9, "
        "due_at = ?10, facts = ?11, sealed = ?12 WHERE number = ?1 AND request = ?2 AND recipient = ?3");
    if (const auto bound = bind_notice(tables, row, notice, known); !bound) {
        return fail(bound);
    }
    if (row.exec() == 0) {
        return no_notice(notice.number);
    }
    put_steps(tables.statements, notice);
    if (before == static_cast<std::int64_t>(notice.state)) {
        return {};
    }
    return put_leaf(
        tables.statements,
        {at, records::NoticeStateLeaf{notice.request, notice.number, notice.recipient, notice.state}});
}

/// When a change was: the latest of what came of it. Without evidence the clock of this machine says.
Instant moment_of(const NoticeChange& change) {
    std::optional<Instant> at;
    const auto see = [&](const auto& pieces) {
        for (const auto& piece : pieces) {
            at = at ? std::max(*at, piece.at) : piece.at;
        }
    };
    see(change.attempts);
    see(change.looks);
    see(change.letters);
    return at.value_or(std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()));
}

}  // namespace

Result<void> plan_notices(CaseTables tables,
                          records::RequestNumber request,
                          std::span<const records::ErasedObject> objects,
                          std::span<const records::Notice> notices) {
    const auto known = circumstances_of(tables.statements, request);
    if (!known) {
        return no_request(request);
    }
    if (const auto put = put_objects(tables, request, known->subject, objects); !put) {
        return fail(put);
    }
    auto number = static_cast<std::uint64_t>(next_number(tables.statements, "notice"));
    for (const auto& planned : notices) {
        if (const auto fits = check_planned(planned, request, objects.size()); !fits) {
            return fail(fits);
        }
        auto notice = planned;
        notice.number = records::NoticeNumber{number};
        if (const auto added = add_notice(tables, notice, *known); !added) {
            return fail(added);
        }
        ++number;
    }
    return {};
}

Result<void> apply_change(CaseTables tables, const NoticeChange& change) {
    RequestsMet requests{tables.statements};
    const auto at = moment_of(change);
    for (const auto& notice : change.notices) {
        const auto* known = requests.find(notice.request);
        const auto changed = known != nullptr ? change_notice(tables, notice, *known, at)
                                              : Result<void>{no_notice(notice.number)};
        if (!changed) {
            return fail(changed);
        }
    }
    EvidenceWriter writer{tables.statements};
    if (const auto put = put_all(writer, std::span{change.attempts}); !put) {
        return fail(put);
    }
    if (const auto put = put_all(writer, std::span{change.looks}); !put) {
        return fail(put);
    }
    return put_all(writer, std::span{change.letters});
}

}  // namespace fedtrail::sqlite
