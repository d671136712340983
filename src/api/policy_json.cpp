#include "api/policy_json.hpp"

#include "fedtrail/core/bytes.hpp"

#include "api/json_text.hpp"

namespace fedtrail::api {

namespace {

using records::DifferencePiece;

std::string_view name_of_side(DifferencePiece::Side side) {
    return side == DifferencePiece::Side::Old ? "old" : side == DifferencePiece::Side::New ? "new" : "both";
}

Json version_json(const records::PolicyVersion& version) {
    return {{"kind", std::string{records::name_of(version.kind)}},
            {"number", version.number},
            {"url", version.url},
            {"language", version.language},
            {"first_seen", format_rfc3339(version.first_seen)},
            {"last_seen", format_rfc3339(version.last_seen)},
            {"sha256", hex(version.sha256)},
            {"octets", version.octets},
            {"cut", version.cut}};
}

Json change_json(const records::PolicyChange& change) {
    auto pieces = Json::array();
    for (const auto& piece : change.pieces) {
        pieces.push_back({{"side", std::string{name_of_side(piece.side)}}, {"text", piece.text.reveal()}});
    }
    return {{"kind", std::string{records::name_of(change.to.kind)}},
            {"from", change.from.number},
            {"to", change.to.number},
            {"at", format_rfc3339(change.to.first_seen)},
            {"cut", change.cut},
            {"pieces", pieces}};
}

Json statement_json(const records::PolicyStatement& statement) {
    Json told{{"topic", std::string{records::name_of(statement.topic)}}, {"sentence", nullptr}};
    if (statement.sentence) {
        told["sentence"] = statement.sentence->reveal();
        told["kind"] = std::string{records::name_of(statement.kind)};
        told["version"] = statement.version;
        told["rule"] = statement.rule;
        told["denied"] = statement.denied;
    }
    return told;
}

}  // namespace

std::string difference_command(const Host& host) {
    return "fedtrail recipients policies " + host.text() + " --diff";
}

std::string policies_json(const Host& host, const records::PolicyHistory& history) {
    Json versions = Json::array();
    for (const auto& one : history.versions) {
        versions.push_back(version_json(one));
    }
    Json changes = Json::array();
    for (const auto& one : history.changes) {
        changes.push_back(change_json(one));
    }
    Json statements = Json::array();
    for (const auto& one : history.summary.statements) {
        statements.push_back(statement_json(one));
    }
    const Json document{{"format", "fedtrail/recipient-policies/1"},
                        {"host", host.text()},
                        {"versions", versions},
                        {"changes", changes},
                        {"summary", {{"languages", history.summary.languages}, {"statements", statements}}}};
    return indented(document);
}

std::string policy_changes_json(const std::optional<Instant>& since,
                                std::span<const records::PolicyReplacement> changes) {
    auto list = Json::array();
    for (const auto& [from, to] : changes) {
        list.push_back({{"at", format_rfc3339(to.first_seen)},
                        {"host", to.host.text()},
                        {"kind", std::string{records::name_of(to.kind)}},
                        {"from", from},
                        {"to", to.number},
                        {"url", to.url},
                        {"difference", difference_command(to.host)}});
    }
    return indented({{"format", "fedtrail/policy-changes/1"},
                     {"since", since ? Json(format_rfc3339(*since)) : Json(nullptr)},
                     {"changes", std::move(list)}});
}

}  // namespace fedtrail::api
