#include "intake/events/observation_line.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <simdjson.h>

#include "fedtrail/core/nearest.hpp"
#include "fedtrail/fediverse/inbox.hpp"

namespace fedtrail::intake::events {

namespace {

namespace json = simdjson::ondemand;
using simdjson::SUCCESS;

static_assert(kLinePadding >= simdjson::SIMDJSON_PADDING);

constexpr std::size_t kMaxTypeBytes = 128;
constexpr std::size_t kMaxNameBytes = 255;
constexpr std::size_t kMaxCategories = 64;  // as listed; there are fewer names than that

/// Why a line cannot be read: a literal, so that nothing of the line gets into it. Empty if it could.
using Fault = std::string_view;
constexpr Fault kNotJson = "the line is not JSON";
constexpr Fault kUnknownProperty = "a property that it does not have";  // Draft::stranger says where
using Names = std::vector<std::string>;

// What a line has told so far, one bit each.
constexpr unsigned kAt = 1U << 0U;
constexpr unsigned kChannel = 1U << 1U;
constexpr unsigned kRecipient = 1U << 3U;
constexpr unsigned kOutcome = 1U << 4U;
constexpr unsigned kActivity = 1U << 5U;
constexpr unsigned kKind = 1U << 6U;
constexpr unsigned kActor = 1U << 7U;
constexpr unsigned kCategories = 1U << 8U;

/// What an observation looks like while its line is read.
struct Draft {
    const fediverse::IsLocal* is_local{};
    records::Observation observation;
    fediverse::DataShare share;
    unsigned seen{};
    std::string stranger;  ///< What was said about a property that nothing has.
};

/// The property's own name is not repeated: it may be anything.
Fault unknown(Draft& draft, std::string_view where, std::string_view key, const Names& known) {
    draft.stranger = std::string{where} + " has a property that it cannot have. " + did_you_mean(key, known);
    return kUnknownProperty;
}

/// null stands for "not known" where a property may be missing.
bool is_left_out(std::string_view key, json::value& value) {
    static constexpr std::array<std::string_view, 12> kOptional{"origin",
                                                                "inbox",
                                                                "status",
                                                                "id",
                                                                "object",
                                                                "deleted",
                                                                "restored",
                                                                "deleter",
                                                                "reasoned",
                                                                "type",
                                                                "username",
                                                                "visibility"};
    return value.is_null().value_unsafe() &&
           std::find(kOptional.begin(), kOptional.end(), key) != kOptional.end();
}

/// Reads the fields of `object` with `field(key, value)` until one is wrong.
template <typename Field>
Fault each_field(json::object& object, Field field) {
    for (auto entry : object) {
        std::string_view key;
        if (entry.error() != SUCCESS || entry.unescaped_key().get(key) != SUCCESS) {
            return kNotJson;
        }
        json::value value;
        if (entry.value().get(value) != SUCCESS) {
            return kNotJson;
        }
        const auto fault = is_left_out(key, value) ? Fault{} : field(key, value);
        if (!fault.empty()) {
            return fault;
        }
    }
    return {};
}

/// A string, or nothing where the property is not one.
std::optional<std::string_view> string_of(json::value& value) {
    std::string_view text;
    return value.get_string().get(text) == SUCCESS ? std::optional{text} : std::nullopt;
}

Fault read_host(json::value& value, Host& host, Fault fault) {
    const auto text = string_of(value);
    auto parsed = text ? Host::parse(*text) : Result<Host>{fail(ErrorKind::Invalid, "")};
    if (!parsed) {
        return fault;
    }
    host = std::move(*parsed);
    return {};
}

Fault read_kind(Draft& draft, json::value& value) {
    const auto text = string_of(value);
    const auto kind = text ? privacy::outcome_named(*text) : std::nullopt;
    // An intent is not over, and what a rule stopped is for the rule to say.
    if (!kind || *kind == privacy::OutcomeKind::Intended || *kind == privacy::OutcomeKind::Prevented) {
        return "`outcome.kind` is none of accepted, rejected, sent, refused_before_body, unreachable, "
               "fetched and "
               "inferred";
    }
    draft.observation.outcome.kind = *kind;
    draft.seen |= kKind;
    return {};
}

Fault read_status(Draft& draft, json::value& value) {
    std::uint64_t status = 0;
    if (value.get_uint64().get(status) != SUCCESS || (status != 0 && (status < 100 || status > 599))) {
        return "`outcome.status` is not 0 or an HTTP status from 100 to 599";
    }
    draft.observation.outcome.status = static_cast<std::uint16_t>(status);
    return {};
}

Fault read_outcome(Draft& draft, json::value& value) {
    json::object object;
    if (value.get_object().get(object) != SUCCESS) {
        return "`outcome` is not an object";
    }
    draft.observation.outcome = {};
    draft.seen &= ~kKind;
    const auto fault = each_field(object, [&draft](std::string_view key, json::value& field) {
        if (key == "kind") {
            return read_kind(draft, field);
        }
        static const Names known{"kind", "status"};
        return key == "status" ? read_status(draft, field) : unknown(draft, "`outcome`", key, known);
    });
    if (fault.empty() && (draft.seen & kKind) == 0) {
        return "`outcome` has no kind";
    }
    return fault;
}

/// An http(s) URI in normal form; "" for any other text.
Personal<std::string> normal_uri(std::string_view text) {
    const auto uri = text.empty() ? Result<Uri>{fail(ErrorKind::Invalid, "")} : Uri::parse(text);
    return Personal<std::string>{uri ? uri->text() : std::string{}};
}

Fault read_categories(Draft& draft, json::value& value) {
    constexpr Fault kFault = "`categories` is not a list of one or more categories of data";
    json::array list;
    if (value.get_array().get(list) != SUCCESS) {
        return kFault;
    }
    draft.share.categories = {};
    std::size_t count = 0;
    for (auto entry : list) {
        std::string_view name;
        const auto category =
            entry.get_string().get(name) == SUCCESS ? fediverse::category_named(name) : std::nullopt;
        if (!category || ++count > kMaxCategories) {
            return kFault;
        }
        draft.share.categories.add(*category);
    }
    draft.seen |= kCategories;
    return count == 0 ? kFault : Fault{};
}

Fault read_visibility(Draft& draft, json::value& value) {
    const auto text = string_of(value);
    const auto visibility = text ? fediverse::visibility_named(*text) : std::nullopt;
    if (!visibility) {
        return "`visibility` is none of public, unlisted, followers, direct and unknown";
    }
    draft.observation.activity.visibility = *visibility;
    return {};
}

Fault read_actor(Draft& draft, json::value& value) {
    const auto text = string_of(value);
    draft.share.actor = normal_uri(text ? *text : std::string_view{});
    if (draft.share.actor.reveal().empty()) {
        return "`actor` is not an http or https URI";
    }
    draft.seen |= kActor;
    return {};
}

/// Where the digest keeps a URI of that name; nothing: it has none so called.
Personal<std::string>* uri_called(std::string_view key, fediverse::ActivityDigest& activity) {
    return key == "id"         ? &activity.id
           : key == "object"   ? &activity.object
           : key == "deleted"  ? &activity.deleted
           : key == "restored" ? &activity.restored
           : key == "deleter"  ? &activity.deleter
                               : nullptr;
}

Fault read_reasoned(Draft& draft, json::value& value) {
    bool reasoned = false;
    if (value.get_bool().get(reasoned) != SUCCESS) {
        return "`reasoned` is neither true nor false";
    }
    draft.observation.activity.reasoned = reasoned;
    return {};
}

Fault read_digest_field(Draft& draft, std::string_view key, json::value& value) {
    auto& activity = draft.observation.activity;
    if (key == "actor") {
        return read_actor(draft, value);
    }
    if (key == "categories") {
        return read_categories(draft, value);
    }
    if (key == "visibility") {
        return read_visibility(draft, value);
    }
    if (key == "reasoned") {
        return read_reasoned(draft, value);
    }
    const auto text = string_of(value);
    if (auto* const uri = uri_called(key, activity)) {
        *uri = normal_uri(text ? *text : std::string_view{});
        return text ? Fault{} : Fault{"`id`, `object`, `deleted`, `restored` or `deleter` is not a string"};
    }
    if (key == "type") {
        activity.type = text ? *text : std::string_view{};
        return text && text->size() <= kMaxTypeBytes ? Fault{}
                                                     : Fault{"`type` is not a string of at most 128 octets"};
    }
    if (key == "username") {
        draft.share.username = Personal<std::string>{std::string{text ? *text : std::string_view{}}};
        return text && text->size() <= kMaxNameBytes
                   ? Fault{}
                   : Fault{"`username` is not a string of at most 255 octets"};
    }
    static const Names known{"id",
                             "type",
                             "actor",
                             "username",
                             "object",
                             "deleted",
                             "restored",
                             "deleter",
                             "reasoned",
                             "visibility",
                             "categories"};
    return unknown(draft, "the digest", key, known);
}

Fault read_digest(Draft& draft, json::object& object) {
    draft.observation.activity = {};
    draft.share = {};
    draft.seen &= ~(kActor | kCategories);
    const auto fault = each_field(object, [&draft](std::string_view key, json::value& value) {
        return read_digest_field(draft, key, value);
    });
    if (!fault.empty()) {
        return fault;
    }
    if ((draft.seen & kActor) == 0) {
        return "the digest has no actor";
    }
    if ((draft.seen & kCategories) == 0) {
        return "the digest has no categories";
    }
    draft.observation.activity.shares.push_back(std::move(draft.share));
    draft.seen |= kActivity;
    return {};
}

/// The activity as it was sent, or its digest: only that has `categories`.
Fault read_activity(Draft& draft, std::string_view key, json::value& value) {
    json::object object;
    if (value.get_object().get(object) != SUCCESS) {
        return key == "digest" ? "`digest` is not an object" : "`activity` is not an object";
    }
    if (key == "digest") {
        return read_digest(draft, object);
    }
    json::value categories;
    const auto found = object.find_field_unordered("categories").get(categories);
    if ((found != SUCCESS && found != simdjson::NO_SUCH_FIELD) || object.reset().error() != SUCCESS) {
        return kNotJson;
    }
    if (found == SUCCESS) {
        return read_digest(draft, object);
    }
    std::string_view raw;
    if (object.raw_json().get(raw) != SUCCESS) {
        return kNotJson;
    }
    auto digest = fediverse::digest_activity(raw, *draft.is_local);
    if (!digest) {
        return "`activity` cannot be read: it is not JSON, has no type, or is larger or deeper than the "
               "limits";
    }
    if (digest->shares.empty()) {
        return "`activity` names nobody: it has no actor with an http or https URI";
    }
    draft.observation.activity = std::move(*digest);
    draft.seen |= kActivity;
    return {};
}

Fault read_at(Draft& draft, json::value& value) {
    const auto text = string_of(value);
    const auto at = text ? parse_rfc3339(*text) : Result<Instant>{fail(ErrorKind::Invalid, "")};
    // The ledger counts an attempt's time from its activity's in 32 bits: 68 years.
    if (!at || text->substr(0, 4) > "2037") {
        return "`at` is not a time from 1970 to 2037 like 2026-11-22T10:00:00Z";
    }
    draft.observation.at = *at;
    return {};
}

Fault read_channel(Draft& draft, json::value& value) {
    const auto text = string_of(value);
    const auto channel = text ? privacy::channel_named(*text) : std::nullopt;
    if (!channel) {
        return "`channel` is none of push, relay, forward, signed_pull, anonymous_pull and bridge";
    }
    draft.observation.channel = *channel;
    return {};
}

/// On whose host it lies is looked at once the recipient is read.
Fault read_inbox(Draft& draft, json::value& value) {
    const auto text = string_of(value);
    const auto uri = text ? Uri::parse(*text) : Result<Uri>{fail(ErrorKind::Invalid, "")};
    if (!uri || uri->scheme() != "https") {
        return "`inbox` is not an https URI of at most 2048 octets";
    }
    draft.observation.inbox = Personal<std::string>{uri->text()};
    return {};
}

Fault read_field(Draft& draft, std::string_view key, json::value& value) {
    if (key == "at") {
        draft.seen |= kAt;
        return read_at(draft, value);
    }
    if (key == "channel") {
        draft.seen |= kChannel;
        return read_channel(draft, value);
    }
    if (key == "recipient") {
        draft.seen |= kRecipient;
        return read_host(value, draft.observation.recipient, "`recipient` is not a host name");
    }
    if (key == "origin") {
        return read_host(value, draft.observation.origin, "`origin` is not a host name");
    }
    if (key == "inbox") {
        return read_inbox(draft, value);
    }
    if (key == "outcome") {
        draft.seen |= kOutcome;
        return read_outcome(draft, value);
    }
    if (key == "activity" || key == "digest") {
        if ((draft.seen & kActivity) != 0) {
            return "the line has an activity and a digest, or one of them twice";
        }
        return read_activity(draft, key, value);
    }
    static const Names known{
        "at", "channel", "origin", "recipient", "inbox", "outcome", "activity", "digest"};
    return unknown(draft, "the observation", key, known);
}

Fault missing(unsigned seen) {
    static constexpr std::array<std::pair<unsigned, Fault>, 5> kNeeded{{
        {kAt, "the observation has no `at`"},
        {kChannel, "the observation has no `channel`"},
        {kRecipient, "the observation has no `recipient`"},
        {kOutcome, "the observation has no `outcome`"},
        {kActivity, "the observation has no `activity` or `digest`"},
    }};
    for (const auto& [bit, fault] : kNeeded) {
        if ((seen & bit) == 0) {
            return fault;
        }
    }
    return {};
}

bool is_pull(privacy::Channel channel) {
    return channel == privacy::Channel::SignedPull || channel == privacy::Channel::AnonymousPull ||
           channel == privacy::Channel::Bridge;
}

/// A line that says two things at once would be evidence of neither.
Fault contradiction(const records::Observation& observation) {
    using privacy::OutcomeKind;
    const auto& [kind, status] = observation.outcome;
    if (kind == OutcomeKind::Accepted && status != 0 && (status < 200 || status > 299)) {
        return "`outcome` says accepted with a status that is not 2xx";
    }
    if ((kind == OutcomeKind::Rejected || kind == OutcomeKind::Sent) && status >= 200 && status < 300) {
        return "`outcome` says that it was not accepted with a status of 2xx";
    }
    if (kind == OutcomeKind::Fetched && !is_pull(observation.channel)) {
        return "`outcome` says fetched and `channel` is no pull";
    }
    if (const auto& text = observation.inbox.reveal(); !text.empty()) {
        const auto inbox = Uri::parse(text);
        if (observation.channel != privacy::Channel::Push) {
            return "it has an `inbox` and its `channel` is not push";
        }
        if (!inbox || !fediverse::is_inbox_of(*inbox, observation.recipient)) {
            return "its `inbox` lies neither on the host that is its `recipient` nor on one below it";
        }
    }
    return {};
}

Fault read_line(std::string_view line, Draft& draft) {
    thread_local json::parser parser;
    json::document document;
    json::object object;
    if (line.size() > kMaxLineBytes) {
        return "the line is longer than an observation can be (1 MiB and 64 KiB)";
    }
    if (parser.iterate(line.data(), line.size(), line.size() + kLinePadding).get(document) != SUCCESS) {
        return kNotJson;
    }
    if (const auto error = document.get_object().get(object)) {
        return error == simdjson::INCORRECT_TYPE ? Fault{"the line is not a JSON object"} : kNotJson;
    }
    const auto fault = each_field(
        object, [&draft](std::string_view key, json::value& value) { return read_field(draft, key, value); });
    if (!fault.empty()) {
        return fault;
    }
    if (document.current_location().error() != simdjson::OUT_OF_BOUNDS) {
        return "something stands behind the observation";
    }
    const auto lacking = missing(draft.seen);
    return lacking.empty() ? contradiction(draft.observation) : lacking;
}

}  // namespace

Result<records::Observation> parse_padded_observation(std::string_view line,
                                                      const fediverse::IsLocal& is_local) {
    Draft draft;
    draft.is_local = &is_local;
    if (const auto fault = read_line(line, draft); !fault.empty()) {
        return fail(ErrorKind::Invalid,
                    fault == kUnknownProperty ? std::move(draft.stranger) : std::string{fault},
                    "see schemas/observation.schema.json");
    }
    return std::move(draft.observation);
}

Result<records::Observation> parse_observation(std::string_view line, const fediverse::IsLocal& is_local) {
    thread_local std::vector<char> buffer;
    const auto size = std::min(line.size(), kMaxLineBytes + 1);  // one more is enough to be refused
    buffer.resize(std::max(buffer.size(), size + kLinePadding));
    std::copy_n(line.begin(), size, buffer.begin());
    return parse_padded_observation({buffer.data(), size}, is_local);
}

}  // namespace fedtrail::intake::events
