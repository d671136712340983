#include "api/recipient_json.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <sstream>
#include <utility>

#include "api/json_text.hpp"
#include "recipients/declaration.hpp"
#include "recipients/joined_entries.hpp"

namespace fedtrail::api {

namespace {

Json channels_of(privacy::ChannelSet set) {
    auto names = Json::array();
    for (const auto channel : {privacy::Channel::Push,
                               privacy::Channel::Relay,
                               privacy::Channel::Forward,
                               privacy::Channel::SignedPull,
                               privacy::Channel::AnonymousPull,
                               privacy::Channel::Bridge}) {
        if (set.has(channel)) {
            names.push_back(std::string{privacy::name_of(channel)});
        }
    }
    return names;
}

Json text_or_null(const std::string& text) {
    return text.empty() ? Json(nullptr) : Json(text);
}

Json value_or_null(const std::optional<Personal<std::string>>& value) {
    return value ? Json(value->reveal()) : Json(nullptr);
}

void add_totals(Json& out, const std::optional<RecipientTotals>& known) {
    const auto totals = known.value_or(RecipientTotals{});
    out["first"] = known ? Json(format_rfc3339(totals.first)) : Json(nullptr);
    out["last"] = known ? Json(format_rfc3339(totals.last)) : Json(nullptr);
    out["subjects"] = totals.subjects;
    out["disclosures"] = totals.disclosures;
    out["channels"] = channels_of(totals.channels);
    out["categories"] = category_names(totals.categories);
    // tunnels alone: nothing is known to have been disclosed
    out["evidence"] = totals.disclosures == 0 ? Json(nullptr) : Json(privacy::name_of(totals.strongest));
    out["unread_tunnels"] = totals.tunnels;
    out["unread_octets"] = totals.tunnel_bytes;
}

Json country_json(const records::CountryFinding& country) {
    return {{"code", country.country ? Json(country.country->code()) : Json(nullptr)},
            {"source", records::name_of(country.source)},
            {"confidence", records::name_of(country.confidence)},
            {"found_at", moment_or_null(country.found_at)},
            {"why", country.why},
            {"dated", country.dated},
            {"against",
             country.against ? Json{{"code", country.against->country.code()},
                                    {"source", records::name_of(country.against->source)}}
                             : Json(nullptr)},
            {"network", text_or_null(country.network)}};
}

Json basis_json(const privacy::TransferBasis& basis) {
    return {{"kind", privacy::name_of(basis.kind)},
            {"reason", privacy::name_of(basis.reason)},
            {"decision", text_or_null(basis.decision)},
            {"article", text_or_null(basis.article)},
            {"besides", basis.besides ? Json(privacy::name_of(*basis.besides)) : Json(nullptr)},
            {"stale", basis.stale},
            {"special_territory", basis.special_territory}};
}

std::vector<std::string> names_of(const records::RecipientMarks& marks) {
    const std::array<std::pair<bool, const char*>, 5> all{{{marks.relay, "relay"},
                                                           {marks.bridge, "bridge"},
                                                           {marks.community, "community"},
                                                           {marks.single_person, "single_person"},
                                                           {marks.content_delivery, "content_delivery"}}};
    std::vector<std::string> names;
    for (const auto& [holds, name] : all) {
        if (holds) {
            names.emplace_back(name);
        }
    }
    return names;
}

Json list_json(const records::RecipientBlock& block) {
    return {{"severity", records::name_of(block.severity)}, {"list", block.list}, {"reason", block.reason}};
}

Json blocked_json(const std::optional<records::RecipientBlock>& block) {
    if (!block) {
        return nullptr;
    }
    auto out = list_json(*block);
    out["others"] = Json::array();
    for (const auto& other : block->others) {
        out["others"].push_back(list_json(other));
    }
    return out;
}

/// What lists and single answers have in common.
void add_card(Json& out, const records::RecipientCard& card) {
    out["software"] = text_or_null(card.software);
    out["version"] = text_or_null(card.version);
    out["country"] = country_json(card.country);
    out["basis"] = basis_json(card.basis);
    out["marks"] = names_of(card.marks);
}

Json failing_json(const records::RecipientCard& card) {
    return card.failing_since
               ? Json{{"since", format_rfc3339(*card.failing_since)}, {"how", text_or_null(card.failing_how)}}
               : Json(nullptr);
}

void add_rest(Json& out, const records::RecipientCard& card) {
    auto aliases = Json::array();
    for (const auto& alias : card.aliases) {
        aliases.push_back({{"host", alias.host.text()}, {"why", alias.why}});
    }
    out["aliases"] = std::move(aliases);
    out["operator"] = text_or_null(card.operator_name.reveal());
    out["operator_source"] = text_or_null(card.operator_source);
    out["contact_name"] = text_or_null(card.contact_name.reveal());
    out["contact"] = text_or_null(card.contact.reveal());
    out["privacy_policy"] = text_or_null(card.privacy_policy);
    out["terms"] = text_or_null(card.terms);
    out["users"] = card.users ? Json(*card.users) : Json(nullptr);
    out["registrations_open"] = card.registrations_open ? Json(*card.registrations_open) : Json(nullptr);
    out["known_at"] = moment_or_null(card.known_at);
    out["failing"] = failing_json(card);
    out["rest_until"] = moment_or_null(card.rest_until);
    out["deletions"] = {{"told", card.told},
                        {"gone", card.gone},
                        {"present", card.present},
                        {"not_visible", card.not_visible}};
}

Json word_json(const DeclaredWord& word) {
    return {{"key", word.key},
            {"value", word.value.reveal()},
            {"at", format_rfc3339(word.at)},
            {"by", word.by},
            {"reason", word.reason}};
}

Json act_json(const DeclarationAct& act) {
    auto changes = Json::array();
    for (const auto& change : act.changes) {
        changes.push_back({{"key", change.key},
                           {"before", value_or_null(change.before)},
                           {"after", value_or_null(change.after)}});
    }
    return {{"at", format_rfc3339(act.at)}, {"by", act.by}, {"reason", act.reason}, {"changes", changes}};
}

std::string compact(const Json& value) {
    return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::string recipients_json(const recipients::RecipientPage& page) {
    std::ostringstream out;
    RecipientsWriter writer{out};
    writer.add(page.recipients);
    writer.end(page.next);
    return std::move(out).str();
}

/// What fails before there is anything leaves no half of a document.
void RecipientsWriter::begin() {
    out_ << (begun_ ? "" : R"({"format":"fedtrail/recipients/1","recipients":[)");
    begun_ = true;
}

void RecipientsWriter::add(const std::vector<recipients::ListedRecipient>& more) {
    begin();
    for (const auto& each : more) {
        Json entry{{"host", each.totals.recipient.text()}};
        add_totals(entry, each.totals);
        add_card(entry, each.card);
        entry["blocked"] = blocked_json(each.blocked);
        out_ << (any_ ? "," : "") << compact(entry);
        any_ = true;
    }
}

void RecipientsWriter::end(const std::string& next) {
    begin();
    out_ << R"(],"next":)" << compact(text_or_null(next)) << "}\n";
}

namespace {

/// What is declared of the recipient, and of this very host. By key.
std::vector<DeclaredWord> words_of(const Host& host,
                                   const std::vector<Host>& all_hosts,
                                   const std::vector<std::vector<DeclaredWord>>& declared) {
    auto words = recipients::whole_declaration(declared);
    const auto at = std::find(all_hosts.begin(), all_hosts.end(), host) - all_hosts.begin();
    const auto& own = declared.at(static_cast<std::size_t>(at));
    std::copy_if(own.begin(), own.end(), std::back_inserter(words), [](const DeclaredWord& word) {
        return recipients::is_of_one_host(word.key);
    });
    std::sort(words.begin(), words.end(), [](const DeclaredWord& a, const DeclaredWord& b) {
        return a.key < b.key;
    });
    return words;
}

}  // namespace

Result<RecipientView> view_recipient(const RecipientDoors& doors,
                                     const Host& host,
                                     const privacy::Day& today) {
    const std::array hosts{host};
    auto totals = recipients::totals_of(doors.ledger, host);
    auto subjects = doors.ledger.subjects_at(host);
    if (!totals || !subjects) {
        return !totals ? Result<RecipientView>{fail(totals)} : Result<RecipientView>{fail(subjects)};
    }
    auto cards = doors.cards.cards(hosts, today);
    auto blocked = doors.blocks.blocks(hosts);
    if (!cards || !blocked) {
        return !cards ? Result<RecipientView>{fail(cards)} : Result<RecipientView>{fail(blocked)};
    }
    const auto all_hosts = records::hosts_of(cards->front());
    const auto declared = doors.declarations.declared(all_hosts);
    auto history = doors.declarations.history(host);
    if (!declared || !history) {
        return !declared ? Result<RecipientView>{fail(declared)} : Result<RecipientView>{fail(history)};
    }
    auto words = words_of(host, all_hosts, *declared);
    if (!*totals && history->empty() && words.empty()) {
        return fail(ErrorKind::NotFound,
                    "nothing went to " + host.text() + " that the ledger knows of",
                    "See `fedtrail recipients list`.");
    }
    return RecipientView{std::move(*totals),
                         std::move(cards->front()),
                         std::move(blocked->front()),
                         std::move(*subjects),
                         std::move(words),
                         std::move(*history)};
}

std::string recipient_json(const RecipientView& view) {
    Json out{{"format", "fedtrail/recipient/1"}, {"host", view.card.host.text()}};
    add_totals(out, view.totals);
    add_card(out, view.card);
    out["blocked"] = blocked_json(view.blocked);
    add_rest(out, view.card);
    auto numbers = Json::array();
    for (const auto subject : view.subjects) {
        numbers.push_back(subject.get());
    }
    out["subject_numbers"] = std::move(numbers);
    out["declared"] = Json::array();
    for (const auto& word : view.declared) {
        out["declared"].push_back(word_json(word));
    }
    out["history"] = Json::array();
    for (const auto& act : view.history) {
        out["history"].push_back(act_json(act));
    }
    return on_one_line(out);
}

std::string marks_words(const records::RecipientMarks& marks) {
    std::string words;
    for (const auto& name : names_of(marks)) {
        words += (words.empty() ? "" : " ") + name;
    }
    return words;
}

std::string country_words(const records::CountryFinding& country) {
    if (!country.country) {
        return "unknown";
    }
    return std::string{country.country->code()} + " (" + std::string{records::name_of(country.source)} +
           ", " + std::string{records::name_of(country.confidence)} + ")";
}

std::vector<std::string> country_remarks(const records::CountryFinding& country) {
    std::vector<std::string> remarks;
    if (!country.why.empty()) {
        remarks.push_back(country.why);
    }
    if (country.dated && country.found_at) {
        remarks.push_back(
            "looked up on " +
            privacy::format_day(privacy::Day{std::chrono::floor<std::chrono::days>(*country.found_at)}) +
            ": too long ago");
    }
    if (country.against) {
        remarks.push_back("but " + std::string{records::name_of(country.against->source)} + " says " +
                          std::string{country.against->country.code()});
    }
    if (!country.network.empty()) {
        remarks.push_back("it answers through " + country.network + ", which says nothing of its operator");
    }
    return remarks;
}

}  // namespace fedtrail::api
