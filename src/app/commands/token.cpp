#include <algorithm>
#include <ostream>

#include <nlohmann/json.hpp>

#include "fedtrail/core/nearest.hpp"
#include "fedtrail/core/utf8.hpp"

#include "app/commands/commands.hpp"
#include "app/stores.hpp"
#include "app/system_clock.hpp"
#include "app/table.hpp"
#include "app/tokens.hpp"

namespace fedtrail::app {

namespace {

struct TokenBench {
    Config config;
    std::unique_ptr<openssl::OpensslCipher> cipher;
    std::unique_ptr<TokenBook> book;
};

Result<TokenBench> open_book(const Session& session) {
    auto config = session.config();
    if (!config) {
        return fail(config);
    }
    std::error_code ignored;
    if (!std::filesystem::is_directory(config->data_dir, ignored)) {
        return fail(
            ErrorKind::NotFound, config->data_dir.string() + " is not there", "Run `fedtrail init` first.");
    }
    auto cipher = openssl::OpensslCipher::make();
    if (!cipher) {
        return fail(cipher);
    }
    auto book = std::make_unique<TokenBook>(config->data_dir, **cipher);
    return TokenBench{std::move(*config), std::move(*cipher), std::move(book)};
}

std::string scope_words(const std::vector<Scope>& scopes) {
    std::string out;
    for (const auto scope : scopes) {
        out += (out.empty() ? "" : " ") + std::string{name_of(scope)};
    }
    return out;
}

Result<std::vector<Scope>> scopes_of(const std::vector<std::string>& names) {
    std::vector<Scope> scopes;
    for (const auto& name : names) {
        const auto scope = scope_named(name);
        if (!scope) {
            return fail(
                ErrorKind::Invalid, "there is no scope \"" + name + "\"", did_you_mean(name, scope_names()));
        }
        scopes.push_back(*scope);
    }
    return scopes;
}

}  // namespace

Result<Exit> token_create(Session& session, const TokenOptions& options) {
    auto scopes = scopes_of(options.scopes);
    if (!scopes) {
        complain(session, scopes.error());
        return Exit::Usage;
    }
    const bool own = std::find(scopes->begin(), scopes->end(), Scope::SubjectSelf) != scopes->end();
    if (own == options.subject.empty()) {
        complain(session,
                 {ErrorKind::Invalid,
                  own ? "subject:self needs the person" : "--subject goes with --scope subject:self",
                  own ? "Add --subject alice@origin.example." : "Add that scope, or leave --subject out."});
        return Exit::Usage;
    }
    if (!is_utf8(options.note)) {
        complain(
            session,
            {ErrorKind::Invalid, "the note is not text in UTF-8", "Write it without special characters."});
        return Exit::Usage;
    }
    auto bench = open_book(session);
    if (!bench) {
        return fail(bench);
    }
    std::optional<privacy::SubjectNumber> subject;
    if (own) {
        const auto room = open_reading_room(bench->config, session.environment);
        if (!room) {
            return fail(room);
        }
        const auto found = room->people->find(options.subject);
        if (!found) {
            return fail(found);
        }
        subject = *found;
    }
    const auto made = bench->book->create(std::move(*scopes), subject, options.note, SystemClock{}.now());
    if (!made) {
        return fail(made);
    }
    if (session.json) {
        session.out << nlohmann::ordered_json{{"format", "fedtrail/token/1"},
                                              {"id", made->id},
                                              {"token", made->token}}
                           .dump(2)
                    << "\n";
        return Exit::Done;
    }
    session.out << made->token << "\n";
    if (session.terminal) {
        session.err << "This is the only time it is shown. Send it as: Authorization: Bearer TOKEN\n";
    }
    return Exit::Done;
}

Result<Exit> token_list(Session& session) {
    const auto bench = open_book(session);
    if (!bench) {
        return fail(bench);
    }
    const auto entries = bench->book->list();
    if (!entries) {
        return fail(entries);
    }
    auto list = nlohmann::ordered_json::array();
    Table table{{{"ID"}, {"SCOPES"}, {"SUBJECT"}, {"CREATED"}, {"REVOKED"}, {"NOTE"}}};
    for (const auto& entry : *entries) {
        const auto subject = entry.grant.subject ? std::to_string(entry.grant.subject->get()) : "";
        table.row({entry.grant.id,
                   scope_words(entry.grant.scopes),
                   subject,
                   format_rfc3339(entry.created_at),
                   entry.revoked_at ? format_rfc3339(*entry.revoked_at) : "",
                   entry.note});
        auto names = nlohmann::ordered_json::array();
        for (const auto scope : entry.grant.scopes) {
            names.push_back(std::string{name_of(scope)});
        }
        list.push_back({{"id", entry.grant.id},
                        {"scopes", names},
                        {"subject", nullptr},
                        {"created_at", format_rfc3339(entry.created_at)},
                        {"revoked_at", nullptr},
                        {"note", entry.note}});
        if (entry.revoked_at) {
            list.back()["revoked_at"] = format_rfc3339(*entry.revoked_at);
        }
        if (entry.grant.subject) {
            list.back()["subject"] = entry.grant.subject->get();
        }
    }
    if (session.json) {
        session.out << nlohmann::ordered_json{{"format", "fedtrail/tokens/1"}, {"tokens", list}}.dump(2)
                    << "\n";
    } else {
        table.write(session.out, session.terminal);
    }
    return Exit::Done;
}

Result<Exit> token_revoke(Session& session, const TokenOptions& options) {
    const auto bench = open_book(session);
    if (!bench) {
        return fail(bench);
    }
    if (auto revoked = bench->book->revoke(options.id, SystemClock{}.now()); !revoked) {
        return fail(revoked);
    }
    if (session.json) {
        session.out << nlohmann::ordered_json{{"format", "fedtrail/revoked/1"}, {"id", options.id}}.dump(2)
                    << "\n";
    } else if (session.terminal) {
        session.out << "Token " << options.id << " is worthless now.\n";
    }
    return Exit::Done;
}

}  // namespace fedtrail::app
