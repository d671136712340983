#include <algorithm>
#include <array>
#include <charconv>
#include <ostream>

#include <nlohmann/json.hpp>
#include <unistd.h>

#include "fedtrail/records/recipient_label.hpp"

#include "app/access_room.hpp"
#include "app/bundle_papers.hpp"
#include "app/case_room.hpp"
#include "app/commands/audit_commands.hpp"
#include "app/erasure_policies.hpp"
#include "app/file_source.hpp"
#include "app/files.hpp"
#include "app/fold_now.hpp"
#include "app/log_room.hpp"
#include "app/new_file.hpp"
#include "app/policies.hpp"
#include "app/progress.hpp"
#include "app/rules_file.hpp"
#include "app/table.hpp"
#include "app/texts.hpp"
#include "audit/export.hpp"
#include "audit/page.hpp"
#include "language/choice.hpp"

namespace fedtrail::app {

namespace {

namespace fs = std::filesystem;
using SteadyClock = std::chrono::steady_clock;

/// What was asked for, or nothing (complained about) if it was not one thing.
std::optional<audit::Scope> asked_scope(Session& session, const ExportOptions& options) {
    const bool period = options.since || options.until;
    const int asked = (options.request != 0 ? 1 : 0) + (options.subject.empty() ? 0 : 1) + (period ? 1 : 0) +
                      (options.all ? 1 : 0);
    if (asked != 1) {
        complain(session,
                 {ErrorKind::Invalid,
                  asked == 0 ? "what the bundle is to be about was not said" : "a bundle is about one thing",
                  "Give --request N, --subject SUBJECT, --since and --until, or --all."});
        return std::nullopt;
    }
    if (options.request != 0) {
        return records::RequestNumber{options.request};
    }
    if (period) {
        return audit::Period{options.since, options.until};
    }
    return audit::Everything{};  // or a subject, whose number the vault knows
}

Result<ledger::Hash> digest_of(const fs::path& file) {
    const auto source = FileSource::open(file);
    if (!source) {
        return fail(source);
    }
    constexpr std::uint64_t kPiece = std::uint64_t{1} << 20U;
    ledger::Sha256 hash;
    Bytes piece;
    for (std::uint64_t at = 0; at < (*source)->size(); at += piece.size()) {
        piece.resize(std::min(kPiece, (*source)->size() - at));
        if (const auto read = (*source)->read(at, piece); !read) {
            return fail(read);
        }
        hash.update(piece);
    }
    return hash.finish();
}

/// Everything an export works with.
class Desk {
public:
    static Result<std::unique_ptr<Desk>> open(const Session& session) {
        auto rooms = open_case_room(session);
        if (!rooms) {
            return fail(rooms);
        }
        std::unique_ptr<Desk> desk{new Desk{*std::move(rooms)}};
        auto log = LogRoom::open(desk->rooms_.config, desk->clock_, *desk->rooms_.reading.cipher);
        if (!log) {
            return fail(log);
        }
        desk->log_ = *std::move(log);
        auto signer = read_note_key(log_key_file(desk->rooms_.config), ledger::NoteKeyKind::Log);
        if (!signer) {
            return fail(signer);
        }
        desk->signer_ = std::make_unique<ledger::NoteSigner>(*std::move(signer));
        return desk;
    }

    /// What waits goes into the log first, so that the bundle shows it. What cannot is said in the bundle.
    Result<void> publish(Session& session, const audit::Scope& scope) {
        const auto about = person_of(scope);
        if (!about) {
            return fail(about);
        }
        fold_or_say(session, rooms_.config, *about);
        const auto unlogged = rooms_.reading.ledger->unlogged(*about);
        if (!unlogged) {
            return fail(unlogged);
        }
        unlogged_ = *unlogged;
        const auto published = log_->publisher().publish();
        return published ? Result<void>{} : fail(published);
    }
    /// Of somebody who was shredded the number is left, and what the log has of it.
    Result<privacy::SubjectNumber> subject(const std::string& name) const {
        auto found = rooms_.reading.vault->find(name);
        if (found || found.error().kind != ErrorKind::NotFound || !is_number(name)) {
            return found;
        }
        std::uint64_t number{};
        const auto* const end = name.data() + name.size();
        if (std::from_chars(name.data(), end, number).ec != std::errc{}) {
            return found;
        }
        const privacy::SubjectNumber subject{number};
        const auto gone = is_shredded(subject);
        if (!gone) {
            return fail(gone);
        }
        return *gone ? Result<privacy::SubjectNumber>{subject} : std::move(found);
    }
    Result<audit::ExportOrder> order(const Session& session,
                                     const ExportOptions& options,
                                     audit::Scope scope) {
        const auto known = known_languages(session);
        if (!known) {
            return fail(known);
        }
        const auto asked = options.language.empty() ? usual_language(rooms_.config) : options.language;
        const auto tag = language::match(*known, asked).value_or("en");
        const auto json = read_file(rooms_.folders.policies / "texts" / tag / "audit-bundle.json");
        if (!json) {
            return fail(json);
        }
        const auto texts = audit::read_page_texts(json->value_or(""));
        if (!texts) {
            return fail(texts);
        }
        audit::ExportOrder order;
        order.scope = scope;
        order.unlogged = unlogged_;
        order.level = audit::level_named(options.level).value_or(audit::Level::Full);
        order.program = FEDTRAIL_VERSION;
        if (!options.checkpoint.empty()) {
            auto kept = read_checkpoint(options.checkpoint);
            if (!kept) {
                return fail(kept);
            }
            order.kept = *std::move(kept);
        }
        order.policy =
            [this, folder = rooms_.folders.policies, rules = rules_place(rooms_.config, rooms_.folders).file](
                const records::PolicyFile& file) {
                if (auto kept = log_->log().policy_text(file.digest); kept && *kept) {
                    return *std::move(kept);
                }
                // In force before texts were kept, and perhaps still there.
                const auto content = read_file(file.name == kRulesName ? rules : folder / file.name);
                return content ? *content : std::nullopt;
            };
        auto words = load_answer_words(rooms_.folders, tag);
        if (!words) {
            return fail(words);
        }
        order.page = [texts = *texts, forms = words->forms](const audit::Manifest& manifest) {
            return audit::render_page(manifest, texts, forms);
        };
        order.may_name = [this](const Host& host) { return may_name(host); };
        order.papers = [this, words = *std::move(words)](records::RequestNumber request) {
            return bundle_papers(rooms_, request, words);
        };
        return order;
    }
    Result<audit::Exported> write(const audit::ExportOrder& order,
                                  std::ostream& out,
                                  const audit::Progress& progress) const {
        const auto reader = open_log_reader(rooms_.config, *rooms_.reading.vault);
        if (!reader) {
            return fail(reader);
        }
        return audit::export_bundle(**reader, *signer_, order, out, progress);
    }
    /// A bundle is a look at the data of everybody in it, by name if it is a full one; one of a period or of
    /// everything counts for everybody, for only the finished file says who is not in it.
    Result<void> note_looks(const Session& session,
                            const audit::Scope& scope,
                            const std::string& why,
                            bool full) {
        const auto room = AccessRoom::open(session, rooms_.config, rooms_.reading);
        if (!room) {
            return fail(room);
        }
        const Look look{records::looked::kBundle, why, full};
        // Nobody is left who could read of a look at somebody who was shredded.
        const auto note_one = [&](privacy::SubjectNumber subject) -> Result<void> {
            const auto gone = is_shredded(subject);
            return !gone   ? Result<void>{fail(gone)}
                   : *gone ? Result<void>{}
                           : (*room)->note(std::array{subject}, look);
        };
        if (const auto* subject = std::get_if<privacy::SubjectNumber>(&scope)) {
            return note_one(*subject);
        }
        if (const auto* number = std::get_if<records::RequestNumber>(&scope)) {
            const auto request = rooms_.cases->request(*number);
            return request ? note_one(request->subject) : Result<void>{fail(request)};
        }
        constexpr std::size_t kPage = 1000;
        privacy::SubjectNumber after;
        for (;;) {
            const auto numbers = rooms_.reading.vault->list(after, kPage);
            if (!numbers) {
                return fail(numbers);
            }
            if (auto noted = (*room)->note(*numbers, look); !noted || numbers->size() < kPage) {
                return noted;
            }
            after = numbers->back();
        }
    }
    /// That it was exported is a leaf itself.
    Result<void> note(const Session& session, const audit::Exported& exported, const ledger::Hash& digest) {
        const auto& manifest = exported.manifest;
        return log_->log().append(records::LeafRecord{
            clock_.now(),
            records::ExportLeaf{
                "audit bundle",
                std::string{audit::name_of(manifest.level)},
                audit::scope_text(manifest.scope),
                session.by(),
                audit::total_of(manifest.counts.opened) + audit::total_of(manifest.counts.closed),
                digest}});
    }

private:
    explicit Desk(CaseRoom rooms) : rooms_(std::move(rooms)) {}

    /// Nobody: the bundle is about more than one.
    [[nodiscard]] Result<std::optional<privacy::SubjectNumber>> person_of(const audit::Scope& scope) const {
        if (const auto* subject = std::get_if<privacy::SubjectNumber>(&scope)) {
            return std::optional{*subject};
        }
        const auto* number = std::get_if<records::RequestNumber>(&scope);
        const auto request = number != nullptr ? rooms_.cases->request(*number)
                                               : Result<records::ErasureRequest>{records::ErasureRequest{}};
        if (!request) {
            return fail(request);
        }
        return number != nullptr ? std::optional{request->subject} : std::nullopt;
    }

    [[nodiscard]] Result<bool> is_shredded(privacy::SubjectNumber subject) const {
        const auto all = rooms_.reading.vault->shreddings();
        if (!all) {
            return fail(all);
        }
        return std::any_of(all->begin(), all->end(), [subject](const auto& shredding) {
            return shredding.subject == subject;
        });
    }

    [[nodiscard]] Result<bool> may_name(const Host& host) const {
        const privacy::Day today{std::chrono::floor<std::chrono::days>(clock_.now())};
        const auto cards = rooms_.recipients->recipients().cards(std::array{host}, today);
        return cards ? Result<bool>{records::may_be_named(cards->front())} : fail(cards);
    }

    SystemClock clock_;
    CaseRoom rooms_;
    std::unique_ptr<LogRoom> log_;
    std::unique_ptr<ledger::NoteSigner> signer_;
    records::Unlogged unlogged_;
};

std::string unlogged_words(const records::Unlogged& unlogged) {
    return unlogged.records == 0
               ? std::string{}
               : counted(unlogged.records, "record") + " since " +
                     (unlogged.oldest ? format_rfc3339(*unlogged.oldest) : std::string{"then"}) +
                     (unlogged.records == 1 ? " is" : " are") +
                     " not in the log yet, so not in it either: what is still on its way stays out.\n";
}

void tell(Session& session,
          const ExportOptions& options,
          const audit::Exported& made,
          const ledger::Hash& digest) {
    const auto& manifest = made.manifest;
    const auto opened = audit::total_of(manifest.counts.opened);
    const auto closed = audit::total_of(manifest.counts.closed);
    const auto unlogged = manifest.unlogged.value_or(records::Unlogged{});
    if (session.json) {
        session.out << nlohmann::ordered_json{{"format", "fedtrail/audit-export/1"},
                                              {"file", options.output},
                                              {"octets", made.octets},
                                              {"sha256", hex(digest)},
                                              {"level", audit::name_of(manifest.level)},
                                              {"scope", audit::scope_text(manifest.scope)},
                                              {"records", opened},
                                              {"closed", closed},
                                              {"leaves", manifest.checkpoint.size},
                                              {"unlogged", unlogged.records},
                                              {"key", manifest.key.text()}}
                           .dump(2)
                    << "\n";
        return;
    }
    session.out << options.output << ": " << counted(opened, "record") << " in full";
    if (closed > 0) {
        session.out << ", " << grouped(closed) << " with kind and time alone";
    }
    session.out << ", " << grouped(made.octets) << " octets\n"
                << unlogged_words(unlogged) << "check it  fedtrail audit verify " << options.output
                << " --key '" << manifest.key.text() << "'\n";
}

/// Who names the person or the request has said what it is for.
std::optional<std::string> reason_of(Session& session, const ExportOptions& options, bool full) {
    const bool named = options.request != 0 || (!options.subject.empty() && !is_number(options.subject));
    if (full && !named) {
        return needed_reason(
            session, options.reason, "fedtrail audit export --all --reason 'court order 12/2026' -o all.zip");
    }
    auto given = given_reason(session, options.reason);
    return given && given->empty() && options.request != 0
               ? std::optional{records::because_of_request(options.request)}
               : given;
}

/// The bundle in its file, with its leaf.
Result<Exit> written(Session& session,
                     const ExportOptions& options,
                     Desk& desk,
                     const audit::ExportOrder& order) {
    const NewFile file{options.output};
    auto out = file.open();
    if (!out) {
        return fail(out);
    }
    Progress progress{session.err, ::isatty(STDERR_FILENO) == 1, 0, 0, SteadyClock::now()};
    const auto made = desk.write(order, *out, [&](std::uint64_t done, std::uint64_t /*all*/) {
        progress.update(0, done, SteadyClock::now());
    });
    progress.end();
    if (!made) {
        return fail(made);
    }
    out->close();
    const auto digest = digest_of(file.part());
    if (!digest) {
        return fail(digest);
    }
    if (const auto noted = desk.note(session, *made, *digest); !noted) {
        return fail(noted);
    }
    if (const auto finished = file.finish(); !finished) {
        return fail(finished);
    }
    tell(session, options, *made, *digest);
    return Exit::Done;
}

}  // namespace

Result<Exit> audit_export(Session& session, const ExportOptions& options) {
    auto scope = asked_scope(session, options);
    if (!scope) {
        return Exit::Usage;
    }
    if (auto known = check_language(session, options.language); !known || *known != Exit::Done) {
        return known;
    }
    const auto level = audit::level_named(options.level).value_or(audit::Level::Full);
    const bool full = level == audit::Level::Full;
    const auto why = reason_of(session, options, full);
    if (!why) {
        return Exit::Usage;
    }
    const auto desk = Desk::open(session);
    if (!desk) {
        return fail(desk);
    }
    if (!options.subject.empty()) {
        const auto subject = (*desk)->subject(options.subject);
        if (!subject) {
            return fail(subject);
        }
        scope = *subject;
    }
    if (level != audit::Level::Minimal) {
        if (const auto noted = (*desk)->note_looks(session, *scope, *why, full); !noted) {
            return fail(noted);
        }
    }
    if (const auto published = (*desk)->publish(session, *scope); !published) {
        return fail(published);
    }
    const auto order = (*desk)->order(session, options, *scope);
    if (!order) {
        return fail(order);
    }
    return written(session, options, **desk, *order);
}

}  // namespace fedtrail::app
