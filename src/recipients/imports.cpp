#include "recipients/imports.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>

#include "fedtrail/records/by.hpp"

#include "fediverse/policy_json.hpp"
#include "recipients/csv.hpp"

namespace fedtrail::recipients {

namespace {

using OrderedJson = nlohmann::ordered_json;
using records::BlockSeverity;

constexpr std::size_t kMostNames = 1'000'000;  ///< As many as a table has rows.

/// Who registers a domain in the owner's stead; the country is theirs then.
constexpr std::array<std::string_view, 12> kStandIns{"privacy",
                                                     "proxy",
                                                     "redacted",
                                                     "whoisguard",
                                                     "withheld",
                                                     "data protected",
                                                     "not disclosed",
                                                     "identity protect",
                                                     "masking",
                                                     "masked",
                                                     "domain protection",
                                                     "private registration"};

tl::unexpected<Error> no_column(const char* column) {
    return fail(ErrorKind::Invalid,
                std::string{"the heading names no column \""} + column + "\"",
                "See docs/transfers.md for the form of the table.");
}

std::optional<Host> host_in(const std::string& text) {
    auto host = Host::parse(text);
    return host && !host->empty() ? std::optional{*std::move(host)} : std::nullopt;
}

/// "*.bad.example" is bad.example: a block covers all below it anyway.
std::optional<Host> blocked_host_in(std::string_view text) {
    return host_in(std::string{text.substr(text.starts_with("*.") ? 2 : 0)});
}

/// Nothing for a severity that blocks nothing.
std::optional<BlockSeverity> severity_named(const std::string& name) {
    if (name == "noop" || name == "none") {
        return std::nullopt;
    }
    return name == "silence" || name == "limit" ? BlockSeverity::Limited : BlockSeverity::Suspended;
}

/// Lists come from strangers: no line breaks and nothing that a terminal obeys.
std::string one_line(std::string text) {
    text.resize(std::min(text.size(), kLongestReason));
    for (char& c : text) {
        c = static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
    }
    return text;
}

void add_name(Imported<DomainBlock>& out, std::size_t line, const std::string& text) {
    if (auto host = blocked_host_in(text)) {
        out.rows.push_back({*std::move(host), BlockSeverity::Suspended, {}});
    } else {
        out.left_out.push_back({line, "the domain is none"});
    }
}

tl::unexpected<Error> too_many_names() {
    return fail(ErrorKind::Invalid, "it names more than 1,000,000 domains", "Split it.");
}

/// As where an error page, or the answer of another version, came in its place.
tl::unexpected<Error> no_names() {
    return fail(ErrorKind::Invalid,
                "nothing in it is a domain",
                "Give one domain a line, or fetch https://YOUR.HOST/api/v3/federated_instances.");
}

bool has_no_names(const Imported<DomainBlock>& list) {
    return list.rows.empty() && !list.left_out.empty();
}

std::size_t count_of(const Imported<DomainBlock>& list) {
    return list.rows.size() + list.left_out.size();
}

/// The domains of a list that is the document, or /federated_instances/blocked in it; each is a text, or an
/// object with a `domain`. Read as it comes: a document of a few octets a value would take fifty times its
/// size.
class BlockedNames final : public nlohmann::json_sax<nlohmann::json> {
public:
    explicit BlockedNames(Imported<DomainBlock>& out) : out_(out) {}

    [[nodiscard]] bool found() const { return found_; }
    [[nodiscard]] bool too_many() const { return count_of(out_) > kMostNames; }

    bool null() override { return value({}); }
    bool boolean(bool /*value*/) override { return value({}); }
    bool number_integer(number_integer_t /*value*/) override { return value({}); }
    bool number_unsigned(number_unsigned_t /*value*/) override { return value({}); }
    bool number_float(number_float_t /*value*/, const string_t& /*text*/) override { return value({}); }
    bool binary(binary_t& /*value*/) override { return value({}); }
    bool string(string_t& text) override { return value(text); }
    bool key(string_t& name) override {
        keys_.back() = std::move(name);
        return true;
    }
    bool start_object(std::size_t /*size*/) override { return begin(); }
    bool end_object() override { return end(); }
    bool start_array(std::size_t /*size*/) override {
        const bool is_it =
            keys_.empty() || std::equal(keys_.begin(), keys_.end(), kPlace.begin(), kPlace.end());
        if (is_it) {
            found_ = true;
            list_depth_ = keys_.size() + 1;
        }
        return begin();
    }
    bool end_array() override { return end(); }
    bool parse_error(std::size_t /*at*/,
                     const std::string& /*token*/,
                     const nlohmann::detail::exception& /*error*/) override {
        return false;
    }

private:
    static constexpr std::size_t kDeepest = 16;
    static constexpr std::array<std::string_view, 2> kPlace{"federated_instances", "blocked"};

    [[nodiscard]] bool value(const std::string& text) {
        if (keys_.size() == list_depth_ && list_depth_ > 0) {
            return add(text);
        }
        if (keys_.size() == list_depth_ + 1 && list_depth_ > 0 && keys_.back() == "domain") {
            entry_ = text;
        }
        return true;
    }
    [[nodiscard]] bool begin() {
        if (keys_.size() == list_depth_) {
            entry_.clear();
        }
        keys_.emplace_back();
        return keys_.size() <= kDeepest;
    }
    [[nodiscard]] bool end() {
        keys_.pop_back();
        if (list_depth_ > 0 && keys_.size() + 1 == list_depth_) {
            list_depth_ = 0;
        }
        return keys_.size() != list_depth_ || list_depth_ == 0 || add(entry_);
    }
    [[nodiscard]] bool add(const std::string& text) {
        add_name(out_, count_of(out_) + 1, text);
        return !too_many();
    }

    Imported<DomainBlock>& out_;
    std::vector<std::string> keys_;  ///< One for each level; "" in a list.
    std::size_t list_depth_{};       ///< Of what is in the list; 0 outside.
    std::string entry_;              ///< The domain of the object that is read.
    bool found_{};
};

std::string trimmed_name(std::string_view text) {
    constexpr std::string_view kAround = " \t\r\"'";
    const auto first = text.find_first_not_of(kAround);
    return first == std::string_view::npos
               ? std::string{}
               : std::string{text.substr(first, text.find_last_not_of(kAround) - first + 1)};
}

/// What stands between the commas of one line; nothing of one that begins with "#".
std::vector<std::string> names_of(std::string_view line) {
    std::vector<std::string> names;
    if (trimmed_name(line).starts_with('#')) {
        return names;
    }
    while (!line.empty()) {
        const auto end = std::min(line.find(','), line.size());
        if (auto name = trimmed_name(line.substr(0, end)); !name.empty()) {
            names.push_back(std::move(name));
        }
        line.remove_prefix(std::min(end + 1, line.size()));
    }
    return names;
}

/// "suspend" and "false" would pass for hosts: a cell of a table has no dot.
bool is_dotted_host(const std::string& name) {
    return name.find('.') != std::string::npos && blocked_host_in(name).has_value();
}

Result<Imported<DomainBlock>> names_in(std::string_view text) {
    Imported<DomainBlock> out;
    for (std::size_t line = 1; !text.empty(); ++line) {
        const auto end = std::min(text.find('\n'), text.size());
        auto names = names_of(text.substr(0, end));
        if (line == 1 && names.size() == 1 && (names[0] == "domain" || names[0] == "instance")) {
            names.clear();
        }
        if (names.size() > 1 && !std::all_of(names.begin(), names.end(), is_dotted_host)) {
            return fail(
                ErrorKind::Invalid,
                "line " + std::to_string(line) + " has commas between what are no domains",
                "A table is read by --format mastodon or fediblockhole; else give one domain a line.");
        }
        for (const auto& name : names) {
            add_name(out, line, name);
        }
        if (count_of(out) > kMostNames) {
            return too_many_names();
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return has_no_names(out) ? no_names() : Result<Imported<DomainBlock>>{std::move(out)};
}

bool stands_in(const std::string& organisation) {
    const auto lower = fediverse::lower_ascii(organisation);
    return std::any_of(kStandIns.begin(), kStandIns.end(), [&lower](std::string_view word) {
        return lower.find(word) != std::string::npos;
    });
}

/// The day in the row, or `now`; nothing if it cannot be read.
std::optional<Instant> moment_in(const std::string& text, Instant now) {
    if (text.empty()) {
        return now;
    }
    const auto day = privacy::parse_day(text);
    const auto at = day ? Result<Instant>{Instant{std::chrono::sys_days{*day}}} : parse_rfc3339(text);
    return at ? std::optional{*at} : std::nullopt;
}

/// What is in the way of a row, or "".
std::string registration_fault(const std::optional<Host>& host,
                               const Result<privacy::Country>& country,
                               const std::optional<Instant>& at,
                               const std::string& organisation) {
    if (!host) {
        return "the domain is none";
    }
    if (!country) {
        return "the country is no code of ISO 3166-1";
    }
    if (!at) {
        return "checked_at is neither a day nor a moment";
    }
    return stands_in(organisation) ? "a service stands in for the owner" : "";
}

tl::unexpected<Error> in_line(std::size_t line, const Error& error) {
    return fail(error.kind, "line " + std::to_string(line) + ": " + error.what, error.remedy);
}

}  // namespace

Result<Imported<DomainBlock>> read_domain_blocks(std::string_view csv) {
    const auto table = CsvTable::read(csv);
    if (!table) {
        return fail(table);
    }
    if (!table->has("domain")) {
        return no_column("domain");
    }
    Imported<DomainBlock> out;
    for (const auto& row : table->rows()) {
        auto host = blocked_host_in(table->cell(row, "domain"));
        const auto severity = severity_named(fediverse::lower_ascii(table->cell(row, "severity")));
        if (!host || !severity) {
            out.left_out.push_back(
                {row.line,
                 !host ? "the domain is none (or hidden by asterisks)" : "its severity blocks nothing"});
            continue;
        }
        auto reason = table->cell(row, "public_comment");
        reason = reason.empty() ? table->cell(row, "private_comment") : reason;
        out.rows.push_back({*std::move(host), *severity, one_line(std::move(reason))});
    }
    return out;
}

Result<Imported<DomainBlock>> read_lemmy_blocks(std::string_view text) {
    if (text.empty()) {  // as where fetching it failed
        return fail(ErrorKind::Invalid, "it is empty", "Fetch it again; a list of nobody is `[]`.");
    }
    const auto first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos || (text[first] != '{' && text[first] != '[')) {
        return names_in(text);
    }
    Imported<DomainBlock> out;
    BlockedNames names{out};
    const bool read = nlohmann::json::sax_parse(text, &names);
    if (names.too_many()) {
        return too_many_names();
    }
    if (!read || !names.found()) {
        return fail(ErrorKind::Invalid,
                    "this is no answer of Lemmy that names blocked instances",
                    "Fetch https://YOUR.HOST/api/v3/federated_instances, or give one domain a line.");
    }
    return has_no_names(out) ? no_names() : Result<Imported<DomainBlock>>{std::move(out)};
}

Result<Imported<HostCountry>> read_registrations(std::string_view csv, Instant now) {
    const auto table = CsvTable::read(csv);
    if (!table) {
        return fail(table);
    }
    for (const auto* column : {"domain", "country"}) {
        if (!table->has(column)) {
            return no_column(column);
        }
    }
    Imported<HostCountry> out;
    for (const auto& row : table->rows()) {
        const auto host = host_in(table->cell(row, "domain"));
        const auto country = privacy::Country::parse(table->cell(row, "country"));
        const auto at = moment_in(table->cell(row, "checked_at"), now);
        auto fault = registration_fault(host, country, at, table->cell(row, "organisation"));
        if (!fault.empty()) {
            out.left_out.push_back({row.line, std::move(fault)});
            continue;
        }
        out.rows.push_back(
            {*host,
             {*country, records::CountrySource::WhoisFile, records::Confidence::Medium, *at, host->text()}});
    }
    return out;
}

namespace {

/// More words than hang on any one; who writes more of them has written some that do not exist.
constexpr std::size_t kMostParts = 16;

/// What is said of one thing, as "clauses": by key, the last of each, and which orders say something.
struct SaidOfOne {
    std::map<std::string, WantedWord> words;
    std::set<std::size_t> orders;
};

/// What of it an order does not say itself.
void add_of_others(std::vector<WantedWord>& words, const SaidOfOne& one) {
    for (const auto& [key, other] : one.words) {
        const auto is_that = [&key = key](const WantedWord& word) { return word.key == key; };
        if (std::none_of(words.begin(), words.end(), is_that)) {
            words.push_back(other);
        }
    }
}

using SaidOfAll = std::map<std::pair<Host, std::string>, SaidOfOne>;

void add_words(SaidOfAll& said, const DeclareOrder& order, std::size_t at) {
    for (const auto& word : order.words) {
        auto& one = said[{order.host, std::string{head_of(word.key)}}];
        one.orders.insert(at);
        if (!word.value.empty()) {
            one.words.insert_or_assign(word.key, WantedWord{word.key, word.value, true});
        }
    }
}

/// Words that hang together may have been said at different times, each with its reason: every order knows
/// what the others of its host say of the same thing, for one part alone may say nothing.
void tell_each_other(std::vector<DeclareOrder>& orders) {
    SaidOfAll said;
    for (std::size_t at = 0; at < orders.size(); ++at) {
        add_words(said, orders[at], at);
    }
    for (const auto& [thing, one] : said) {
        if (one.words.size() > kMostParts) {
            continue;
        }
        for (const auto at : one.orders) {
            add_of_others(orders[at].words, one);
        }
    }
}

/// What the rows say, one by one.
Result<std::vector<DeclareOrder>> orders_in(std::string_view csv, const std::string& by) {
    const auto table = CsvTable::read(csv);
    if (!table) {
        return fail(table);
    }
    for (const auto* column : {"host", "key", "value", "reason"}) {
        if (!table->has(column)) {
            return no_column(column);
        }
    }
    std::map<std::pair<Host, std::string>, std::size_t> places;
    std::vector<DeclareOrder> orders;
    for (const auto& row : table->rows()) {
        auto host = host_in(table->cell(row, "host"));
        if (!host) {
            return in_line(row.line, {ErrorKind::Invalid, "the host is none", "Write it as a.example."});
        }
        const auto reason = csv_unguarded(table->cell(row, "reason"));
        const auto [place, is_new] = places.try_emplace({*host, reason}, orders.size());
        if (is_new) {
            orders.push_back({*std::move(host), {}, by, reason});
        }
        orders[place->second].words.push_back(
            {csv_unguarded(table->cell(row, "key")), csv_unguarded(table->cell(row, "value"))});
    }
    return orders;
}

}  // namespace

Result<std::vector<DeclareOrder>> read_declarations(std::string_view csv, const std::string& by) {
    auto orders = orders_in(csv, by);
    if (orders) {
        tell_each_other(*orders);
    }
    return orders;
}

std::string declarations_heading() {
    return "host,key,value,reason,at,by\r\n";
}

std::string declarations_csv(const Host& host, std::span<const DeclaredWord> words) {
    std::string out;
    for (const auto& word : words) {
        out += csv_guarded(host.text()) + "," + csv_guarded(word.key) + "," +
               csv_guarded(word.value.reveal()) + "," + csv_guarded(word.reason) + "," +
               format_rfc3339(word.at) + "," + csv_guarded(records::without_operator(word.by)) + "\r\n";
    }
    return out;
}

namespace {

/// With the hosts below each.
OrderedJson hosts_blocked(std::span<const DomainBlock> blocks, BlockSeverity severity) {
    auto hosts = OrderedJson::array();
    for (const auto& block : blocks) {
        if (block.severity == severity) {
            hosts.push_back(block.host.text());
            hosts.push_back("*." + block.host.text());
        }
    }
    return hosts;
}

}  // namespace

std::string blocks_as_rules(std::span<const DomainBlock> blocks, const std::string& list) {
    auto rules = OrderedJson::array();
    for (const auto severity : {BlockSeverity::Suspended, BlockSeverity::Limited}) {
        auto hosts = hosts_blocked(blocks, severity);
        if (!hosts.empty()) {
            const bool suspended = severity == BlockSeverity::Suspended;
            rules.push_back({{"name", list + (suspended ? "-suspended" : "-limited")},
                             {"effect", suspended ? "block" : "flag"},
                             {"recipient", {{"hosts", std::move(hosts)}}},
                             {"why", "From the list " + list + "."}});
        }
    }
    const OrderedJson document{{"format", "fedtrail/transfer-rules/1"}, {"rules", std::move(rules)}};
    return document.dump(2, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
}

}  // namespace fedtrail::recipients
