#include "fedtrail/fediverse/ld_signature.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "fediverse/delete_json.hpp"

namespace fedtrail::fediverse {

namespace {

constexpr std::string_view kSecurity = "https://w3id.org/security/v1";
constexpr std::string_view kRdfType = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";
constexpr std::string_view kDublinCore = "http://purl.org/dc/terms/";
constexpr std::string_view kXmlSchema = "http://www.w3.org/2001/XMLSchema#";
constexpr std::string_view kLemmy = "https://join-lemmy.org/ns#";

/// Types of the ActivityStreams vocabulary: any other would be a blank node in this context.
constexpr std::array kKnownTypes{"Accept",
                                 "Add",
                                 "Announce",
                                 "Application",
                                 "Arrive",
                                 "Article",
                                 "Audio",
                                 "Block",
                                 "Create",
                                 "Delete",
                                 "Dislike",
                                 "Document",
                                 "Event",
                                 "Flag",
                                 "Follow",
                                 "Group",
                                 "Ignore",
                                 "Image",
                                 "Invite",
                                 "Join",
                                 "Leave",
                                 "Like",
                                 "Listen",
                                 "Move",
                                 "Note",
                                 "Offer",
                                 "Organization",
                                 "Page",
                                 "Person",
                                 "Place",
                                 "Profile",
                                 "Question",
                                 "Read",
                                 "Reject",
                                 "Relationship",
                                 "Remove",
                                 "Service",
                                 "TentativeAccept",
                                 "TentativeReject",
                                 "Tombstone",
                                 "Travel",
                                 "Undo",
                                 "Update",
                                 "Video",
                                 "View"};

bool is_known_type(std::string_view type) {
    return std::find(kKnownTypes.begin(), kKnownTypes.end(), type) != kKnownTypes.end();
}

/// What N-Quads and every JSON-LD processor write as it stands.
bool is_plain_uri(std::string_view text) {
    constexpr std::string_view kNever = "<>\"{}|^`\\";
    return (text.starts_with("https://") || text.starts_with("http://")) &&
           std::all_of(text.begin(), text.end(), [&](char c) {
               return c > ' ' && c < '\x7f' && kNever.find(c) == std::string_view::npos;
           });
}

std::string uri(std::string_view text) {
    return std::string{"<"}.append(text).append(">");
}

/// Properties of ActivityStreams and their objects, as lines.
class Quads {
public:
    void add(std::string_view subject, std::string_view property, std::string_view object) {
        const bool type = property == "type";
        lines_.push_back(
            uri(subject) + " " +
            (type ? uri(kRdfType) : uri(std::string{kActivityStreams} + "#" + std::string{property})) + " " +
            uri(type ? std::string{kActivityStreams} + "#" + std::string{object} : object) + " .\n");
    }
    void add_line(std::string line) { lines_.push_back(std::move(line)); }
    /// A set of quads: each once, in the order of their code points.
    [[nodiscard]] std::string text() {
        std::sort(lines_.begin(), lines_.end());
        lines_.erase(std::unique(lines_.begin(), lines_.end()), lines_.end());
        std::string text;
        for (const auto& line : lines_) {
            text += line;
        }
        return text;
    }

private:
    std::vector<std::string> lines_;
};

std::string document_quads(const DeleteMessage& message, const std::string& type) {
    const auto& actor = message.actor.reveal();
    const auto& object = message.object.reveal();
    Quads quads;
    quads.add(message.id, "type", message.kind == StepKind::UndoActivity ? "Undo" : "Delete");
    quads.add(message.id, "actor", actor);
    quads.add(message.id, "object", object);
    quads.add(message.id, "to", kPublic);
    if (!message.followers.reveal().empty()) {
        quads.add(message.id, "cc", message.followers.reveal());
    }
    if (message.remove_data) {
        quads.add_line(uri(message.id) + " " + uri(std::string{kLemmy} + "removeData") + " \"true\"^^" +
                       uri(std::string{kXmlSchema} + "boolean") + " .\n");
    }
    if (!type.empty()) {
        quads.add(object, "type", type);
        if (message.kind == StepKind::UndoActivity) {
            quads.add(object, "actor", actor);
        }
    }
    return quads.text();
}

}  // namespace

Result<LdSignatureBase> ld_signature_base(const DeleteMessage& message,
                                          std::string_view creator,
                                          Instant created) {
    const std::array<std::string_view, 5> uris{
        message.id, message.actor.reveal(), message.object.reveal(), creator, message.followers.reveal()};
    for (std::size_t i = 0; i < uris.size(); ++i) {
        if (!is_plain_uri(uris.at(i)) && (i < 4 || !uris.at(i).empty())) {
            return fail(ErrorKind::Invalid,
                        "a document that is to be signed has an identifier that is no http or https URI");
        }
    }
    const auto type = typed_object_type(message);
    if (!type.empty() && !is_known_type(type)) {
        return fail(ErrorKind::Invalid,
                    "a document that is to be signed has an object of a type outside ActivityStreams",
                    "Use the plain form.");
    }
    const std::string node = "_:c14n0 ";
    return LdSignatureBase{node + uri(std::string{kDublinCore} + "created") + " \"" +
                               format_rfc3339(created) + "\"^^" + uri(std::string{kXmlSchema} + "dateTime") +
                               " .\n" + node + uri(std::string{kDublinCore} + "creator") + " " +
                               uri(creator) + " .\n",
                           document_quads(message, type)};
}

std::string ld_signed_document(const DeleteMessage& message,
                               std::string_view creator,
                               Instant created,
                               std::string_view value) {
    auto json = delete_json(message);
    json["@context"] = {kActivityStreams, kSecurity};
    if (message.remove_data) {  // as Lemmy's own context has it; without a meaning it could not be signed
        json["@context"].push_back({{"lemmy", kLemmy}, {"removeData", "lemmy:removeData"}});
    }
    json["signature"] = {{"type", "RsaSignature2017"},
                         {"creator", creator},
                         {"created", format_rfc3339(created)},
                         {"signatureValue", value}};
    return json_text(json);
}

}  // namespace fedtrail::fediverse
