#include "backends/sqlite/case_consents.hpp"

#include <algorithm>
#include <utility>

#include "backends/sqlite/case_kind.hpp"
#include "backends/sqlite/case_objections.hpp"
#include "backends/sqlite/connection.hpp"
#include "backends/sqlite/leaf_table.hpp"
#include "backends/sqlite/row_values.hpp"

namespace fedtrail::sqlite {

namespace {

using privacy::Day;
using records::Consent;

constexpr const char* kConsentColumns = "SELECT number, subject, content, evidence FROM consent ";

std::string content_place(std::uint64_t number, privacy::SubjectNumber subject) {
    return place_of("consent", {static_cast<std::int64_t>(number), id(subject)});
}
std::string evidence_place(std::uint64_t number) {
    return place_of("consent/evidence", {static_cast<std::int64_t>(number)});
}

std::int64_t count_of(const Day& day) {
    return std::chrono::sys_days{day}.time_since_epoch().count();
}
Day day_of(std::int64_t count) {
    return Day{std::chrono::sys_days{std::chrono::days{count}}};
}
Day day_at(Instant at) {
    return Day{std::chrono::floor<std::chrono::days>(at)};
}

Bytes encode(const Consent& consent) {
    ledger::ByteWriter out;
    put_text(out, consent.country.code());
    put_text(out, consent.recipient.text());
    out.signed_varint(count_of(consent.given));
    out.byte(consent.withdrawn ? 1 : 0);
    if (consent.withdrawn) {
        out.signed_varint(count_of(*consent.withdrawn));
    }
    return std::move(out).take();
}

/// From a row of kConsentColumns. Without `seals` the evidence stays closed.
Result<Consent> consent_in(SQLite::Statement& row, const CaseSeals* seals) {
    const auto number = static_cast<std::uint64_t>(row.getColumn(0).getInt64());
    const privacy::SubjectNumber subject{static_cast<std::uint64_t>(row.getColumn(1).getInt64())};
    const auto place = content_place(number, subject);
    const auto content = unstamped(place, blob_of(row.getColumn(2)));
    if (!content) {
        return fail(content);
    }
    ledger::ByteReader in{*content};
    const auto country = privacy::Country::parse(take_text(in));
    const auto name = take_text(in);
    auto host = name.empty() ? Result<Host>{Host{}} : Host::parse(name);
    const auto given = day_of(in.signed_varint());
    const auto flag = in.byte();
    const auto withdrawn = flag == 1 ? std::optional{day_of(in.signed_varint())} : std::nullopt;
    if (!country || !host || flag > 1 || !in.ok() || in.left() != 0) {
        return damaged(place);
    }
    Consent consent{subject, number, *country, std::move(*host), given, withdrawn, {}};
    if (seals != nullptr) {
        const auto evidence = seals->open(subject, evidence_place(number), blob_of(row.getColumn(3)));
        if (!evidence) {
            return fail(evidence);
        }
        consent.evidence = *evidence ? std::string{text_of(**evidence)} : std::string{};
    }
    return consent;
}

Result<std::vector<Consent>> list_in(SQLite::Statement& row, const CaseSeals* seals) {
    std::vector<Consent> list;
    while (row.executeStep()) {
        auto consent = consent_in(row, seals);
        if (!consent) {
            return fail(consent);
        }
        list.push_back(std::move(*consent));
    }
    return list;
}

Result<std::vector<Consent>> of_subject(Statements& statements,
                                        privacy::SubjectNumber subject,
                                        const CaseSeals* seals) {
    auto& row = statements.get(
        "SELECT number, subject, content, evidence FROM consent WHERE subject = ? "
        "ORDER BY number");
    row.bind(1, id(subject));
    auto list = list_in(row, seals);
    row.reset();
    return list;
}

/// The one that was not withdrawn.
std::optional<Consent> standing(const std::vector<Consent>& list,
                                const privacy::Country& country,
                                const Host& recipient) {
    const auto found = std::find_if(list.begin(), list.end(), [&](const Consent& each) {
        return !each.withdrawn && each.country == country && each.recipient == recipient;
    });
    return found == list.end() ? std::nullopt : std::optional{*found};
}

Result<void> put_change(Statements& statements, const Consent& consent, Instant at) {
    records::ConsentLeaf leaf{consent.subject,
                              consent.number,
                              std::string{consent.country.code()},
                              consent.recipient.text(),
                              static_cast<std::uint64_t>(count_of(consent.given)),
                              {}};
    if (consent.withdrawn) {
        leaf.withdrawn = static_cast<std::uint64_t>(count_of(*consent.withdrawn));
    }
    count_change(statements);
    return put_leaf(statements, {at, std::move(leaf)});
}

Result<void> check(const Consent& consent, Instant at) {
    if (consent.evidence.empty() || consent.evidence.size() > records::kMaxEvidence) {
        return fail(ErrorKind::Invalid,
                    "where the evidence of the consent is kept takes 1 to 1,000 octets",
                    "The controller has to be able to show it (Art. 7(1)).");
    }
    if (consent.given > day_at(at)) {
        return fail(ErrorKind::Invalid,
                    privacy::format_day(consent.given) + " is still to come: no consent was given then",
                    "Name the day it was given.");
    }
    if (!consent.given.ok() || count_of(consent.given) < 0) {
        return fail(
            ErrorKind::Invalid, "a consent cannot be given on that day", "Name the day it was given.");
    }
    return {};
}

Result<void> check_withdrawal(const Consent& consent, const Day& day, Instant at) {
    if (day > day_at(at)) {
        return fail(ErrorKind::Invalid,
                    privacy::format_day(day) + " is still to come: no consent was withdrawn then",
                    "Name the day it was withdrawn.");
    }
    if (!day.ok() || day < consent.given) {
        return fail(
            ErrorKind::Invalid,
            "a consent given on " + privacy::format_day(consent.given) + " cannot have been withdrawn before",
            "Name the day it was withdrawn.");
    }
    return {};
}

Result<void> insert(Statements& statements, Consent& consent, const CaseSeals& seals) {
    auto& last = statements.get("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'consent'");
    last.executeStep();
    consent.number = static_cast<std::uint64_t>(last.getColumn(0).getInt64()) + 1;
    last.reset();
    const auto evidence =
        seals.seal(consent.subject, evidence_place(consent.number), bytes_of(consent.evidence));
    if (!evidence) {
        return fail(evidence);
    }
    if (!*evidence) {
        return fail(ErrorKind::NotFound, "this person has no key (any more)", "Nothing can be kept of them.");
    }
    auto& row = statements.get("INSERT INTO consent VALUES (?, ?, ?, ?)");
    row.bind(1, static_cast<std::int64_t>(consent.number));
    row.bind(2, id(consent.subject));
    const auto content = stamped(content_place(consent.number, consent.subject), encode(consent));
    bind_blob(row, 3, content);
    bind_blob(row, 4, **evidence);
    row.exec();
    return {};
}

}  // namespace

struct SqliteConsents::State {
    State(std::unique_ptr<SQLite::Database> database, const SubjectSealer& sealer)
        : seals(sealer), connection(std::move(database)) {}
    CaseSeals seals;
    Connection connection;
};

SqliteConsents::SqliteConsents(std::unique_ptr<State> state) : state_(std::move(state)) {}
SqliteConsents::~SqliteConsents() = default;

Result<std::unique_ptr<SqliteConsents>> SqliteConsents::open_file(const std::filesystem::path& file,
                                                                  const SubjectSealer& sealer,
                                                                  OpenMode mode) {
    auto database = open_database(file, cases_kind(), mode);
    if (!database) {
        return fail(database);
    }
    return std::unique_ptr<SqliteConsents>{
        new SqliteConsents{std::make_unique<State>(std::move(*database), sealer)}};
}

Result<Consent> SqliteConsents::give(Consent consent, Instant at) {
    consent.withdrawn.reset();
    if (const auto sound = check(consent, at); !sound) {
        return fail(sound);
    }
    return state_->connection.write("writing a consent", [&](Statements& statements) -> Result<Consent> {
        const auto before = of_subject(statements, consent.subject, nullptr);
        if (!before) {
            return fail(before);
        }
        if (const auto other = standing(*before, consent.country, consent.recipient)) {
            return fail(ErrorKind::Conflict,
                        "consent " + std::to_string(other->number) + " to the same stands since " +
                            privacy::format_day(other->given),
                        "If it was withdrawn, write that down first.");
        }
        if (const auto put = insert(statements, consent, state_->seals); !put) {
            return fail(put);
        }
        const auto noted = put_change(statements, consent, at);
        return noted ? Result<Consent>{consent} : Result<Consent>{fail(noted)};
    });
}

Result<Consent> SqliteConsents::withdraw(privacy::SubjectNumber subject,
                                         const privacy::Country& country,
                                         const Host& recipient,
                                         const Day& day,
                                         Instant at) {
    return state_->connection.write("withdrawing a consent", [&](Statements& statements) -> Result<Consent> {
        const auto list = of_subject(statements, subject, &state_->seals);
        if (!list) {
            return fail(list);
        }
        auto consent = standing(*list, country, recipient);
        if (!consent) {
            return fail(ErrorKind::NotFound, "no consent of this person to that stands");
        }
        if (const auto sound = check_withdrawal(*consent, day, at); !sound) {
            return fail(sound);
        }
        consent->withdrawn = day;
        auto& row = statements.get("UPDATE consent SET content = ? WHERE number = ?");
        const auto content = stamped(content_place(consent->number, subject), encode(*consent));
        bind_blob(row, 1, content);
        row.bind(2, static_cast<std::int64_t>(consent->number));
        row.exec();
        const auto noted = put_change(statements, *consent, at);
        return noted ? Result<Consent>{std::move(*consent)} : Result<Consent>{fail(noted)};
    });
}

Result<std::vector<Consent>> SqliteConsents::consents(privacy::SubjectNumber subject) const {
    return state_->connection.read("reading a person's consents", [&](Statements& statements) {
        return of_subject(statements, subject, &state_->seals);
    });
}

Result<std::vector<Consent>> SqliteConsents::consents() const {
    return state_->connection.read("reading consents", [](Statements& statements) {
        auto& row = statements.get("SELECT number, subject, content, evidence FROM consent ORDER BY number");
        auto list = list_in(row, nullptr);
        row.reset();
        return list;
    });
}

Result<void> SqliteConsents::forget(privacy::SubjectNumber subject) {
    constexpr std::string_view kDoing = "forgetting a person's consents";
    return state_->connection.write(kDoing, [&](Statements& statements) -> Result<void> {
        auto& row = statements.get("DELETE FROM consent WHERE subject = ?");
        row.bind(1, id(subject));
        if (row.exec() > 0) {
            count_change(statements);
        }
        return {};
    });
}

std::vector<std::string> consent_faults(SQLite::Database& database, const CaseSeals& seals) {
    SQLite::Statement row{database, std::string{kConsentColumns} + "ORDER BY number"};
    std::vector<std::string> faults;
    while (row.executeStep() && faults.size() < kMaxFaults) {
        if (const auto consent = consent_in(row, &seals); !consent) {
            faults.push_back("cases: a consent: " + consent.error().what);
        }
    }
    return faults;
}

}  // namespace fedtrail::sqlite
