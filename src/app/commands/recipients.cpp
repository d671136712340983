#include <algorithm>
#include <array>
#include <ostream>

#include "api/recipient_json.hpp"
#include "app/commands/looking_room.hpp"
#include "app/commands/recipient_commands.hpp"
#include "app/commands/words.hpp"
#include "app/table.hpp"
#include "recipients/declare.hpp"

namespace fedtrail::app {

namespace {

std::string or_dash(std::string_view text) {
    return text.empty() ? "-" : std::string{text};
}

std::string basis_words(const privacy::TransferBasis& basis) {
    return std::string{privacy::name_of(basis.kind)};
}

Table recipients_table() {
    return Table{{{"HOST"},
                  {"SOFTWARE"},
                  {"MARKS"},
                  {"COUNTRY"},
                  {"BASIS"},
                  {"FIRST"},
                  {"LAST"},
                  {"SUBJECTS", true},
                  {"DISCLOSURES", true},
                  {"EVIDENCE"},
                  {"UNREAD", true},
                  {"KINDS"}}};
}

void add_rows(Table& table, const std::vector<recipients::ListedRecipient>& recipients) {
    for (const auto& [totals, card, blocked] : recipients) {
        table.row({totals.recipient.text(),
                   or_dash(card.software),
                   or_dash(api::marks_words(card.marks)),
                   api::country_words(card.country),
                   basis_words(card.basis) + (blocked ? ", blocked" : ""),
                   format_rfc3339(totals.first),
                   format_rfc3339(totals.last),
                   std::to_string(totals.subjects),
                   std::to_string(totals.disclosures),
                   totals.disclosures == 0 ? "-" : std::string{privacy::name_of(totals.strongest)},
                   std::to_string(totals.tunnels),
                   kinds_of(totals.categories)});
    }
}

Result<Host> host_of(Session& session, const std::string& text) {
    auto host = Host::parse(text);
    if (!host || host->empty()) {
        complain(session, {ErrorKind::Invalid, "HOST is not a host name", "Write it as a.example."});
        return fail(ErrorKind::Invalid, "");
    }
    return host;
}

void write_line(std::ostream& out, std::string_view name, const std::string& value) {
    constexpr std::size_t kWidth = 12;
    out << name << std::string(kWidth - name.size(), ' ') << (value.empty() ? "-" : value) << "\n";
}

std::string block_words(const records::RecipientBlock& block) {
    return std::string{records::name_of(block.severity)} + " by the list " + block.list +
           (block.reason.empty() ? "" : ": " + block.reason);
}

void write_card(std::ostream& out, const api::RecipientView& view) {
    const auto& card = view.card;
    write_line(out, "host", card.host.text());
    if (card.failing_since) {
        write_line(out, "failing", failing_words(*card.failing_since, card.failing_how));
    }
    if (card.rest_until) {
        write_line(out, "left alone", "until " + format_rfc3339(*card.rest_until) + ", as it asked");
    }
    for (const auto& alias : card.aliases) {
        write_line(out, "also", alias.host.text() + " (" + alias.why + ")");
    }
    write_line(out, "software", card.software + (card.version.empty() ? "" : " " + card.version));
    write_line(out, "marks", api::marks_words(card.marks));
    write_line(out,
               "operator",
               card.operator_name.reveal() +
                   (card.operator_source.empty() ? "" : " (" + card.operator_source + ")"));
    if (!card.contact_name.reveal().empty()) {
        write_line(out, "account", card.contact_name.reveal() + " (to turn to, not the operator)");
    }
    write_line(out, "contact", card.contact.reveal());
    write_line(out, "country", api::country_words(card.country));
    for (const auto& remark : api::country_remarks(card.country)) {
        write_line(out, "", remark);
    }
    write_line(out,
               "basis",
               basis_words(card.basis) + ": " + std::string{privacy::name_of(card.basis.reason)} +
                   (card.basis.decision.empty() ? "" : ", " + card.basis.decision) +
                   (card.basis.article.empty() ? "" : ", Art. " + card.basis.article) +
                   (card.basis.stale ? ", checked too long ago" : ""));
    if (const auto refusal = recipients::refusal_of(recipients::read_declaration(view.declared));
        !refusal.empty()) {
        write_line(out, "", refusal);
    }
    if (view.blocked) {
        write_line(out, "blocked", block_words(*view.blocked));
        for (const auto& other : view.blocked->others) {
            write_line(out, "", block_words(other));
        }
    }
    write_line(out,
               "deletions",
               std::to_string(card.told) + " told, " + std::to_string(card.gone) + " verified gone, " +
                   std::to_string(card.present) + " still present, " + std::to_string(card.not_visible) +
                   " not visible any more");
}

void write_declared(std::ostream& out, const api::RecipientView& view, bool terminal) {
    if (!view.declared.empty()) {
        Table table{{{"DECLARED"}, {"VALUE"}, {"AT"}, {"BY"}, {"REASON"}}};
        for (const auto& word : view.declared) {
            table.row({word.key, word.value.reveal(), format_rfc3339(word.at), word.by, word.reason});
        }
        out << "\n";
        table.write(out, terminal);
    }
    if (view.history.empty()) {
        return;
    }
    Table table{{{"HISTORY"}, {"BY"}, {"WHAT"}, {"REASON"}}};
    for (const auto& act : view.history) {
        for (const auto& change : act.changes) {
            table.row({format_rfc3339(act.at),
                       act.by,
                       change.key + ": " + (change.before ? change.before->reveal() : "-") + " -> " +
                           (change.after ? change.after->reveal() : "-"),
                       act.reason});
        }
    }
    out << "\n";
    table.write(out, terminal);
}

Result<Exit> show_recipient(Session& session, LookingRoom& room, const Host& host) {
    auto& books = room.books();
    const auto view = api::view_recipient(
        {*room.reading.ledger, books.recipients(), books.declarations(), books.findings()},
        host,
        room.today());
    if (!view) {
        return fail(view);
    }
    if (session.json) {
        session.out << api::recipient_json(*view);
        return Exit::Done;
    }
    write_card(session.out, *view);
    if (view->totals) {
        session.out << "\n";
        auto table = recipients_table();
        add_rows(table, {{*view->totals, view->card, view->blocked}});
        table.write(session.out, session.terminal);
        session.out << "\nsubjects";
        for (const auto number : view->subjects) {
            session.out << " " << number.get();
        }
        session.out << "\n";
    }
    write_declared(session.out, *view, session.terminal);
    return Exit::Done;
}

Result<Exit> declare_words(Session& session,
                           const RecipientOptions& options,
                           recipients::DeclareOrder order) {
    auto room = open_looking_room(session);
    if (!room) {
        return fail(room);
    }
    order.by = session.by();
    order.reason = options.reason;
    const std::array orders{std::move(order)};
    const auto facts = room->facts();
    const auto done = recipients::declare(
        room->books().declarations(), room->books().directory(), orders, facts, room->now());
    if (!done && done.error().kind == ErrorKind::Invalid) {
        complain(session, done.error());
        return Exit::Usage;
    }
    if (!done) {
        return fail(done);
    }
    if (*done == 0) {
        session.err << "Nothing changed: that is what stands.\n";
    }
    return show_recipient(session, *room, orders.front().host);
}

/// Hands what was asked for to `take`, page by page; where to go on, as RecipientPage::next.
template <typename Take>
Result<std::string> listed(const LookingRoom& room,
                           const recipients::ListFilter& filter,
                           const RecipientOptions& options,
                           const Take& take) {
    const auto today = room.today();
    auto after = options.after;
    auto left = options.limit;
    for (;;) {
        const auto page = recipients::list_recipients(
            {*room.reading.ledger, room.books().recipients(), room.books().findings()},
            filter,
            after,
            std::min(left, kPage),
            today);
        if (!page) {
            return fail(page);
        }
        take(page->recipients);
        left -= page->recipients.size();
        after = page->next;
        if (left == 0 || after.empty()) {
            return after;
        }
    }
}

}  // namespace

Result<Exit> recipients_list(Session& session, const RecipientOptions& options) {
    auto filter = recipients::list_filter(options.country, options.basis, options.software);
    if (!filter) {
        complain(session, filter.error());
        return Exit::Usage;
    }
    filter->blocked = options.blocked;
    const auto room = open_looking_room(session);
    if (!room) {
        return fail(room);
    }
    if (session.json) {
        api::RecipientsWriter writer{session.out};
        const auto next = listed(*room, *filter, options, [&writer](const auto& some) { writer.add(some); });
        if (!next) {
            return fail(next);
        }
        writer.end(*next);
        return Exit::Done;
    }
    auto table = recipients_table();
    const auto next = listed(*room, *filter, options, [&table](const auto& some) { add_rows(table, some); });
    if (!next) {
        return fail(next);
    }
    table.write(session.out, session.terminal);
    if (!next->empty()) {
        session.err << "More: fedtrail recipients list --after " << *next << "\n";
    }
    return Exit::Done;
}

Result<Exit> recipients_show(Session& session, const RecipientOptions& options) {
    const auto host = host_of(session, options.host);
    if (!host) {
        return Exit::Usage;
    }
    auto room = open_looking_room(session);
    if (!room) {
        return fail(room);
    }
    return show_recipient(session, *room, *host);
}

Result<Exit> recipients_set(Session& session, const RecipientOptions& options) {
    const auto host = host_of(session, options.host);
    if (!host) {
        return Exit::Usage;
    }
    recipients::DeclareOrder order{*host, {}, {}, {}};
    for (const auto& text : options.words) {
        auto word = recipients::wanted_word(text);
        if (!word || word->value.empty()) {
            complain(session,
                     word ? Error{ErrorKind::Invalid,
                                  word->key + " has no value",
                                  "`fedtrail recipients unset` takes something back."}
                          : word.error());
            return Exit::Usage;
        }
        order.words.push_back(std::move(*word));
    }
    return declare_words(session, options, std::move(order));
}

Result<Exit> recipients_unset(Session& session, const RecipientOptions& options) {
    const auto host = host_of(session, options.host);
    if (!host) {
        return Exit::Usage;
    }
    recipients::DeclareOrder order{*host, {}, {}, {}};
    for (const auto& key : options.words) {
        order.words.push_back({key, ""});
    }
    return declare_words(session, options, std::move(order));
}

}  // namespace fedtrail::app
