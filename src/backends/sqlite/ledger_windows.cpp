#include "backends/sqlite/ledger_windows.hpp"

#include <map>
#include <mutex>
#include <span>
#include <utility>

#include "fedtrail/core/count.hpp"

#include "backends/sqlite/database.hpp"
#include "backends/sqlite/leaf_table.hpp"
#include "backends/sqlite/ledger_kind.hpp"
#include "backends/sqlite/ledger_sealer.hpp"

namespace fedtrail::sqlite {

namespace {

/// A subject's share of a window, read from the chunks again.
struct ReadShare {
    std::vector<ledger::ActivityEntry> activities;
    std::vector<ledger::LateAttempt> late;
};

tl::unexpected<Error> no_longer_there(const WindowPart& part) {
    return fail(ErrorKind::Corrupt,
                "ledger: subject " + std::to_string(part.subject) + " lacks activities that window " +
                    std::to_string(part.window) + " has",
                "run `fedtrail doctor`");
}

Result<ReadShare> read_share(LedgerTables& tables, const WindowPart& part) {
    ReadShare share;
    auto next = part.first_activity;
    const auto end = part.first_activity + part.activities;
    while (next < end) {
        const auto row = tables.chunk_with(part.subject, next);
        auto chunk = row ? tables.whole_chunk(part.subject, row->chunk) : no_longer_there(part);
        if (!chunk) {
            return fail(chunk);
        }
        for (auto i = next - chunk->first_activity; i < chunk->activities.size() && next < end; ++i, ++next) {
            share.activities.push_back(std::move(chunk->activities[i]));
        }
    }
    if (part.late > 0) {
        const auto chunk = tables.heads(part.subject, part.late_chunk);
        if (!chunk) {
            return fail(chunk);
        }
        const auto& late = (*chunk)->late;
        if (late.size() < std::size_t{part.first_late} + part.late) {
            return no_longer_there(part);
        }
        const auto first = late.begin() + static_cast<std::ptrdiff_t>(part.first_late);
        share.late.assign(first, first + static_cast<std::ptrdiff_t>(part.late));
    }
    return share;
}

/// Walks the leaves of a window, as its sealer did.
class WindowWalk {
public:
    WindowWalk(LedgerTables& tables,
               const NameTable& recipients,
               const NameTable& types,
               const LogReader::Visitor& visitor)
        : tables_(tables), maker_(tables, recipients, types), visitor_(visitor) {}

    Result<void> walk(const WindowRow& window) {
        if (auto named = maker_.visit_names(window,
                                            name_seed(tables_.statements(), false),
                                            [&](const RecordMaker::Made& made) { return told(made); });
            !named) {
            return named;
        }
        const auto parts = parts_of_window(tables_.statements(), window.number);
        if (!parts) {
            return fail(parts);
        }
        for (const auto& part : *parts) {
            if (part.first_leaf != index_) {
                return no_longer_there(part);
            }
            if (auto done = walk(part); !done) {
                return done;
            }
        }
        return index_ == window.leaves ? Result<void>{}
                                       : Result<void>{fail(ErrorKind::Corrupt,
                                                           "ledger: window " + std::to_string(window.number) +
                                                               " has another number of leaves than it says",
                                                           "run `fedtrail doctor`")};
    }

    Result<void> walk(const WindowPart& part) {
        if (!part.commitments.empty() && !is_forgotten(part)) {
            return made_anew(part);  // they were kept, and then the key was not destroyed
        }
        for (const auto& commitment : part.commitments) {
            ++index_;
            if (auto seen = visitor_({commitment, std::nullopt, std::nullopt}); !seen) {
                return seen;
            }
        }
        if (!part.commitments.empty()) {
            return {};
        }
        if (is_forgotten(part)) {
            return fail(ErrorKind::NotFound,
                        "window " + std::to_string(part.window) +
                            " of the log has records of a subject whose key was destroyed before their "
                            "commitments were kept");
        }
        return made_anew(part);
    }

private:
    [[nodiscard]] bool is_forgotten(const WindowPart& part) {
        return !tables_.leaf_seed(part.subject) || !tables_.subject(part.subject);
    }

    Result<void> made_anew(const WindowPart& part) {
        const auto share = read_share(tables_, part);
        const auto shapes = share ? shape_book(tables_, part.subject) : Result<ShapeBook>{fail(share)};
        if (!shapes) {
            return fail(shapes);
        }
        return maker_.visit({part.subject,
                             part.first_activity,
                             &share->activities,
                             &share->late,
                             part.late_chunk,
                             part.first_late},
                            *shapes,
                            [&](const RecordMaker::Made& made) { return told(made); });
    }

    Result<void> told(const RecordMaker::Made& made) {
        ++index_;
        return visitor_({made.commitment,
                         LoggedRecord::Closed{made.head, made.digest},
                         LoggedRecord::Opened{made.salt, {made.body.begin(), made.body.end()}}});
    }

    LedgerTables& tables_;
    RecordMaker maker_;
    const LogReader::Visitor& visitor_;
    std::uint64_t index_{};
};

}  // namespace

struct SqliteWindows::State {
    State(std::unique_ptr<SQLite::Database> opened, const SubjectSealer& sealer)
        : database(std::move(opened)), tables(*database, sealer) {}

    Result<void> refresh() {
        tables.forget();
        for (auto* names : {&recipients, &types}) {
            if (auto read = names->refresh(tables.statements()); !read) {
                return read;
            }
        }
        return {};
    }

    /// Runs `act` on one moment of the file.
    template <typename Act>
    auto read(std::string_view doing, const Act& act) -> decltype(act()) {
        const std::scoped_lock held{guard};
        try {
            SQLite::Transaction transaction{*database};
            const auto fresh = refresh();
            auto answer = fresh ? act() : decltype(act()){fail(fresh)};
            tables.statements().finish();
            return answer;
        } catch (const SQLite::Exception& failure) {
            tables.statements().finish();
            return tl::unexpected{to_error(failure, doing)};
        }
    }

    std::mutex guard;
    std::unique_ptr<SQLite::Database> database;
    LedgerTables tables;
    NameTable recipients{recipient_names()};
    NameTable types{type_names()};
};

SqliteWindows::SqliteWindows(std::unique_ptr<State> state) : state_(std::move(state)) {}
SqliteWindows::~SqliteWindows() = default;

Result<std::unique_ptr<SqliteWindows>> SqliteWindows::open(const std::filesystem::path& path,
                                                           const SubjectSealer& sealer) {
    auto database = open_database(path, ledger_kind(), OpenMode::ReadOnly);
    if (!database) {
        return fail(database);
    }
    return std::unique_ptr<SqliteWindows>{
        new SqliteWindows{std::make_unique<State>(std::move(*database), sealer)}};
}

Result<std::uint64_t> SqliteWindows::count() const {
    return state_->read("counting the ledger's windows", [&]() -> Result<std::uint64_t> {
        const auto last = last_window(state_->tables.statements());
        if (!last) {
            return fail(last);
        }
        return *last ? (*last)->number : 0;
    });
}

Result<std::vector<std::uint64_t>> SqliteWindows::windows_of(privacy::SubjectNumber subject) const {
    return state_->read("reading the windows of a subject", [&]() -> Result<std::vector<std::uint64_t>> {
        const auto parts = parts_of_subject(state_->tables.statements(), subject.get());
        if (!parts) {
            return fail(parts);
        }
        std::vector<std::uint64_t> list;
        for (const auto& part : *parts) {
            list.push_back(part.window);
        }
        return list;
    });
}

Result<void> SqliteWindows::visit(std::uint64_t window, const LogReader::Visitor& visitor) const {
    return state_->read("reading a window of the ledger", [&]() -> Result<void> {
        const auto row = window_row(state_->tables.statements(), window);
        if (!row) {
            return fail(row);
        }
        if (!*row) {
            return fail(ErrorKind::NotFound, "the ledger has no window " + std::to_string(window));
        }
        return WindowWalk{state_->tables, state_->recipients, state_->types, visitor}.walk(**row);
    });
}

Result<std::uint64_t> SqliteWindows::window_naming(std::uint32_t recipient) const {
    return state_->read("reading the windows of the ledger", [&]() -> Result<std::uint64_t> {
        auto& asked = state_->tables.statements().get(
            "SELECT number FROM window WHERE first_name <= ?1 AND first_name + names > ?1");
        asked.bind(1, recipient);
        if (!asked.executeStep()) {
            return fail(ErrorKind::NotFound,
                        "the name of recipient " + std::to_string(recipient) + " is in no window yet");
        }
        const auto number = static_cast<std::uint64_t>(asked.getColumn(0).getInt64());
        asked.reset();
        return number;
    });
}

namespace {

Result<void> add_told(std::span<const StoredLeaf> leaves,
                      std::map<std::uint64_t, records::WindowLeaf>& told) {
    for (const auto& leaf : leaves) {
        if (leaf.head.kind != records::LeafKind::Window || !leaf.opening) {
            continue;
        }
        auto body = records::decode_body(leaf.head.kind, leaf.opening->body);
        if (!body) {
            return fail(body);
        }
        auto window = std::get<records::WindowLeaf>(std::move(*body));
        told.emplace(window.number, window);
    }
    return {};
}

/// The windows that leaves speak of, by number.
Result<std::map<std::uint64_t, records::WindowLeaf>> told_windows(Statements& statements) {
    constexpr std::size_t kAtOnce = 1'000;
    std::map<std::uint64_t, records::WindowLeaf> told;
    for (std::uint64_t after = 0;;) {
        const auto leaves = read_leaves(statements, after, kAtOnce);
        if (!leaves) {
            return fail(leaves);
        }
        if (leaves->empty()) {
            return told;
        }
        if (const auto added = add_told(*leaves, told); !added) {
            return fail(added);
        }
        after = leaves->back().sequence;
    }
}

}  // namespace

std::vector<std::string> window_faults(LedgerTables& tables, std::uint64_t& rows) {
    std::vector<std::string> faults;
    auto& statements = tables.statements();
    if (const auto damaged = damaged_leaves(statements, rows); damaged > 0) {
        faults.push_back(counted(damaged, "leaf for the log is", "leaves for the log are") +
                         " damaged or missing");
    }
    NameTable recipients{recipient_names()};
    NameTable types{type_names()};
    const auto told = told_windows(statements);
    if (!recipients.refresh(statements) || !types.refresh(statements) || !told) {
        faults.emplace_back("the log's windows cannot be compared");
        return faults;
    }
    for (const auto& [number, leaf] : *told) {
        ledger::Frontier tree;
        const LogReader::Visitor append = [&](const LoggedRecord& record) -> Result<void> {
            tree.append(records::leaf_hash_of(record.commitment));
            return {};
        };
        const auto row = window_row(statements, number);
        const auto walked = row && *row ? WindowWalk{tables, recipients, types, append}.walk(**row)
                                        : Result<void>{fail(ErrorKind::Corrupt, "its row is missing")};
        ++rows;
        if (!walked && walked.error().kind == ErrorKind::NotFound) {
            continue;  // nobody can tell any more
        }
        if (!walked || tree.size() != leaf.leaves || tree.root() != leaf.root) {
            faults.push_back("window " + std::to_string(number) + " of the log is not what its chunks make" +
                             (walked ? std::string{} : ": " + walked.error().what));
        }
    }
    return faults;
}

Result<std::uint64_t> keep_commitments(LedgerTables& tables,
                                       const NameTable& recipients,
                                       const NameTable& types,
                                       std::uint64_t subject) {
    if (tables.lacks_key(subject)) {
        return 0;
    }
    auto parts = parts_of_subject(tables.statements(), subject);
    if (!parts) {
        return fail(parts);
    }
    std::uint64_t kept = 0;
    for (auto& part : *parts) {
        std::vector<records::LeafDigest> commitments;
        const LogReader::Visitor keep = [&](const LoggedRecord& record) -> Result<void> {
            commitments.push_back(record.commitment);
            return {};
        };
        if (const auto done = WindowWalk{tables, recipients, types, keep}.walk(part); !done) {
            return fail(done);
        }
        part.commitments = std::move(commitments);
        put_part(tables.statements(), part);
        kept += part.commitments.size();
    }
    return kept;
}

}  // namespace fedtrail::sqlite
