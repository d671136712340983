#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>
#include <ostream>
#include <span>

#include <nlohmann/json.hpp>

#include "fedtrail/core/count.hpp"
#include "fedtrail/records/by.hpp"

#include "app/commands/looking_room.hpp"
#include "app/commands/recipient_commands.hpp"
#include "app/stores.hpp"
#include "backends/archive/packed_stream.hpp"
#include "recipients/imports.hpp"

namespace fedtrail::app {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMostOctets = std::size_t{64} * 1024 * 1024;
constexpr std::size_t kToldRows = 10;

Result<std::string> whole_of(const std::string& file) {
    std::ifstream opened;
    if (file != "-") {
        opened.open(file, std::ios::binary);
        if (!opened) {
            return fail(ErrorKind::NotFound, file + " cannot be read", "Check the name and its permissions.");
        }
    }
    std::istream& in = file == "-" ? std::cin : opened;
    std::string text;
    constexpr std::size_t kPiece = std::size_t{64} * 1024;
    std::string piece(kPiece, '\0');
    while (in.read(piece.data(), kPiece) || in.gcount() > 0) {
        text.append(piece, 0, static_cast<std::size_t>(in.gcount()));
        if (text.size() > kMostOctets) {
            return fail(ErrorKind::Invalid, file + " is larger than 64 MiB", "Split it.");
        }
    }
    if (in.bad()) {  // a list of which the end is missing would lift blocks
        return fail(ErrorKind::Unavailable,
                    file + " cannot be read to its end",
                    "Give a file, no folder; if it is one, look at the disk and at the kernel's log.");
    }
    if (zip::begins_packed(text) || text.starts_with("PK\x03\x04")) {
        return fail(ErrorKind::Invalid, file + " is packed", "Unpack it first.");
    }
    return text;
}

/// What an import did.
struct Outcome {
    std::string kind;
    std::string list;  ///< "" where there is none.
    std::size_t taken{};
    std::optional<std::size_t> changed;
    std::vector<recipients::LeftOut> left_out;
    std::optional<std::vector<Host>> already_there;
    bool dry_run{};
};

std::string json_of(const Outcome& outcome) {
    auto left_out = Json::array();
    for (const auto& row : outcome.left_out) {
        left_out.push_back({{"line", row.line}, {"why", row.why}});
    }
    Json there(nullptr);
    if (outcome.already_there) {
        there = Json::array();
        for (const auto& host : *outcome.already_there) {
            there.push_back(host.text());
        }
    }
    const Json document{{"format", "fedtrail/recipients-import/1"},
                        {"kind", outcome.kind},
                        {"list", outcome.list.empty() ? Json(nullptr) : Json(outcome.list)},
                        {"taken", outcome.taken},
                        {"changed", outcome.changed ? Json(*outcome.changed) : Json(nullptr)},
                        {"left_out", std::move(left_out)},
                        {"already_there", std::move(there)},
                        {"dry_run", outcome.dry_run}};
    return document.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

void write_outcome(Session& session, const Outcome& outcome) {
    session.out << counted(outcome.taken, "row") << " taken"
                << (outcome.list.empty() ? "" : " as the list " + outcome.list)
                << (outcome.changed ? ", " + counted(*outcome.changed, "recipient") + " changed" : "")
                << (outcome.dry_run ? "; nothing was written (--dry-run)" : "") << "\n";
    for (std::size_t at = 0; at < outcome.left_out.size() && at < kToldRows; ++at) {
        session.err << "line " << outcome.left_out[at].line << " left out: " << outcome.left_out[at].why
                    << "\n";
    }
    if (outcome.left_out.size() > kToldRows) {
        session.err << "... and " << outcome.left_out.size() - kToldRows << " more; --json has all\n";
    }
    if (outcome.already_there && !outcome.already_there->empty()) {
        session.out << "\nData went there before they were blocked:\n";
        for (const auto& host : *outcome.already_there) {
            session.out << "  " << host.text() << "\n";
        }
        session.out << "fedtrail erase SUBJECT --recipient HOST asks them to erase it.\n";
    }
}

/// "fediblock.csv" is called fediblock.
std::string list_name(const RecipientOptions& options) {
    if (!options.list.empty()) {
        return options.list;
    }
    return options.file == "-" ? options.format : std::filesystem::path{options.file}.stem().string();
}

/// Whether the list of that name suspends it, whatever others say.
bool suspends(const records::RecipientBlock& block, const std::string& list) {
    const auto by_list = [&](const records::RecipientBlock& one) {
        return one.list == list && one.severity == records::BlockSeverity::Suspended;
    };
    return by_list(block) || std::any_of(block.others.begin(), block.others.end(), by_list);
}

/// The next recipients behind `after` that something went to.
Result<std::vector<Host>> told_behind(const LookingRoom& room, const std::string& after) {
    const auto page = room.reading.ledger->recipients(after, kPage);
    if (!page) {
        return fail(page);
    }
    std::vector<Host> hosts;
    for (const auto& totals : *page) {
        hosts.push_back(totals.recipient);
    }
    return hosts;
}

void add_suspended(const std::vector<Host>& hosts,
                   const std::vector<std::optional<records::RecipientBlock>>& blocks,
                   const std::string& list,
                   std::vector<Host>& suspended) {
    for (std::size_t at = 0; at < hosts.size(); ++at) {
        if (blocks[at] && suspends(*blocks[at], list)) {
            suspended.push_back(hosts[at]);
        }
    }
}

/// Recipients that something went to and that `list` suspends.
Result<std::vector<Host>> already_there(const LookingRoom& room, const std::string& list) {
    std::vector<Host> there;
    std::vector<Host> hosts;
    do {
        auto page = told_behind(room, hosts.empty() ? std::string{} : hosts.back().text());
        const auto blocks = page ? room.books().findings().blocks(*page) : fail(page);
        if (!blocks) {
            return fail(blocks);
        }
        hosts = std::move(*page);
        add_suspended(hosts, *blocks, list, there);
    } while (hosts.size() == kPage);
    return there;
}

Result<Exit> done(Session& session, const Outcome& outcome) {
    if (session.json) {
        session.out << json_of(outcome);
    } else {
        write_outcome(session, outcome);
    }
    return Exit::Done;
}

Result<Exit> import_blocks(Session& session, const RecipientOptions& options, const std::string& text) {
    auto list = options.format == "lemmy" ? recipients::read_lemmy_blocks(text)
                                          : recipients::read_domain_blocks(text);
    if (!list) {
        return fail(list);
    }
    const auto name = list_name(options);
    if (options.as_rules) {
        session.out << recipients::blocks_as_rules(list->rows, name);
        return Exit::Done;
    }
    Outcome outcome{
        options.format, name, list->rows.size(), {}, std::move(list->left_out), {}, options.dry_run};
    if (!options.dry_run) {
        auto room = open_looking_room(session);
        if (!room) {
            return fail(room);
        }
        if (auto kept = room->books().findings().replace_list(name, room->now(), list->rows); !kept) {
            return fail(kept);
        }
        auto there = already_there(*room, name);
        if (!there) {
            return fail(there);
        }
        outcome.already_there = std::move(*there);
    }
    return done(session, outcome);
}

Result<Exit> import_registrations(Session& session,
                                  const RecipientOptions& options,
                                  const std::string& text) {
    auto room = open_recipient_session(session);
    if (!room) {
        return fail(room);
    }
    auto list = recipients::read_registrations(text, room->clock->now());
    if (!list) {
        return fail(list);
    }
    if (!options.dry_run) {
        if (auto kept = room->room->findings().keep(list->rows); !kept) {
            return fail(kept);
        }
    }
    return done(session,
                {options.format, "", list->rows.size(), {}, std::move(list->left_out), {}, options.dry_run});
}

Result<Exit> import_overrides(Session& session, const RecipientOptions& options, const std::string& text) {
    const auto orders = recipients::read_declarations(text, "import");
    if (!orders) {
        return fail(orders);
    }
    auto room = open_recipient_session(session);
    if (!room) {
        return fail(room);
    }
    std::size_t taken = 0;
    for (const auto& order : *orders) {
        taken += static_cast<std::size_t>(
            std::count_if(order.words.begin(), order.words.end(), [](const recipients::WantedWord& word) {
                return !word.of_another;
            }));
    }
    Outcome outcome{options.format, "", taken, {}, {}, {}, options.dry_run};
    const auto facts = recipients::scope_facts(room->room->recipients().policies()->adequacy.adequacy);
    if (options.dry_run) {
        const auto fits = recipients::rehearse(
            room->room->declarations(), room->room->directory(), *orders, facts, room->clock->now());
        if (!fits) {
            return fail(fits);
        }
    } else {
        const auto changed = recipients::declare(
            room->room->declarations(), room->room->directory(), *orders, facts, room->clock->now());
        if (!changed) {
            return fail(changed);
        }
        outcome.changed = *changed;
    }
    return done(session, outcome);
}

/// Writes what was declared as it is read: of a million recipients it would fill the memory.
class DeclaredOut {
public:
    explicit DeclaredOut(Session& session) : session_(session) {}

    void begin() {
        session_.out << (session_.json ? R"({"format":"fedtrail/recipients-declared/1","declared":[)"
                                       : recipients::declarations_heading());
    }
    void add(const Host& host, std::span<const DeclaredWord> words) {
        if (!session_.json) {
            session_.out << recipients::declarations_csv(host, words);
            return;
        }
        for (const auto& word : words) {
            const Json row{{"host", host.text()},
                           {"key", word.key},
                           {"value", word.value.reveal()},
                           {"reason", word.reason},
                           {"at", format_rfc3339(word.at)},
                           {"by", records::without_operator(word.by)}};
            session_.out << (any_ ? "," : "") << row.dump(-1, ' ', false, Json::error_handler_t::replace);
            any_ = true;
        }
    }
    void end() { session_.out << (session_.json ? "]}\n" : ""); }

private:
    Session& session_;
    bool any_{};
};

}  // namespace

Result<Exit> recipients_import(Session& session, const RecipientOptions& options) {
    const bool blocks = options.format != "whois" && options.format != "overrides";
    if (!blocks && (options.as_rules || !options.list.empty())) {
        complain(session,
                 {ErrorKind::Invalid,
                  "--as-rules and --list are for lists of blocks",
                  "Leave them out for " + options.format + "."});
        return Exit::Usage;
    }
    const auto text = whole_of(options.file);
    if (!text) {
        return fail(text);
    }
    return blocks                      ? import_blocks(session, options, *text)
           : options.format == "whois" ? import_registrations(session, options, *text)
                                       : import_overrides(session, options, *text);
}

Result<Exit> recipients_export(Session& session) {
    const auto room = open_recipient_session(session);
    if (!room) {
        return fail(room);
    }
    const auto& book = room->room->declarations();
    DeclaredOut out{session};
    for (std::string after;;) {
        const auto hosts = book.declared_hosts(after, kPage);
        const auto declared = hosts ? book.declared(*hosts) : fail(hosts);
        if (!hosts || !declared) {
            return !hosts ? Result<Exit>{fail(hosts)} : Result<Exit>{fail(declared)};
        }
        if (after.empty()) {
            out.begin();
        }
        for (std::size_t at = 0; at < hosts->size(); ++at) {
            out.add((*hosts)[at], (*declared)[at]);
        }
        if (hosts->size() < kPage) {
            break;
        }
        after = hosts->back().text();
    }
    out.end();
    return Exit::Done;
}

}  // namespace fedtrail::app
