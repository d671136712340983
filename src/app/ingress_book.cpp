#include "app/ingress_book.hpp"

#include <nlohmann/json.hpp>

#include "app/files.hpp"

namespace fedtrail::app {

namespace {

using Json = nlohmann::ordered_json;
using intake::access_log::LineCounts;

constexpr const char* kIngressFormat = "fedtrail/ingress/1";

/// The counts by their names in the file.
template <typename Counts, typename Visit>
void each_count(Counts& counts, Visit visit) {
    visit("lines", counts.lines);
    visit("rejected", counts.rejected);
    visit("signed", counts.signed_pulls);
    visit("named", counts.named_pulls);
    visit("refused", counts.refused);
    visit("without_body", counts.without_body);
    visit("over_limit", counts.over_limit);
    for (std::size_t i = 0; i < counts.unnamed.size(); ++i) {
        visit("unnamed_" + std::string{name_of(static_cast<fediverse::FetcherKind>(i))},
              counts.unnamed.at(i));
    }
}

IngressState state_of(const Json& json) {
    IngressState state;
    const auto& place = json.at("place");
    state.log = json.at("log").get<std::string>();
    state.place = {place.at("device").get<std::uint64_t>(),
                   place.at("inode").get<std::uint64_t>(),
                   place.at("offset").get<std::uint64_t>(),
                   place.at("start").get<std::uint64_t>(),
                   place.at("start_length").get<std::uint64_t>()};
    state.gaps = json.at("gaps").get<std::uint64_t>();
    state.dropped = json.at("dropped").get<std::uint64_t>();
    each_count(state.counts, [&json](const std::string& name, std::uint64_t& count) {
        count = json.at("counts").value(name, std::uint64_t{0});
    });
    if (const auto since = parse_rfc3339(json.value("since", ""))) {
        state.since = *since;
    }
    return state;
}

}  // namespace

std::filesystem::path ingress_file(const Config& config) {
    return config.data_dir / "ingress.json";
}

Result<IngressState> read_ingress_state(const Config& config) {
    const auto text = read_file(ingress_file(config));
    if (!text) {
        return fail(text);
    }
    if (!*text) {
        return IngressState{};
    }
    try {
        const auto json = Json::parse(**text);
        if (json.at("format") == kIngressFormat) {
            return state_of(json);
        }
    } catch (const Json::exception&) {  // NOLINT(bugprone-empty-catch): said below
    }
    return fail(ErrorKind::Corrupt,
                ingress_file(config).string() + " cannot be read",
                "Remove it: the log is read from its beginning, and what is known counts once.");
}

std::optional<reports::UnnamedFetches> unnamed_fetches(const Config& config) {
    const auto state = read_ingress_state(config);
    if (!state || !state->since) {
        return std::nullopt;
    }
    return reports::UnnamedFetches{state->counts.all_unnamed(), *state->since};
}

Result<void> write_ingress_state(const Config& config, const IngressState& state) {
    const auto& place = state.place;
    Json counts = Json::object();
    each_count(state.counts,
               [&counts](const std::string& name, const std::uint64_t& count) { counts[name] = count; });
    const Json json{{"format", kIngressFormat},
                    {"log", state.log.string()},
                    {"place",
                     {{"device", place.device},
                      {"inode", place.inode},
                      {"offset", place.offset},
                      {"start", place.start},
                      {"start_length", place.start_length}}},
                    {"gaps", state.gaps},
                    {"dropped", state.dropped},
                    {"since", state.since ? format_rfc3339(*state.since) : ""},
                    {"counts", std::move(counts)}};
    return replace_file(ingress_file(config), json.dump() + "\n");
}

}  // namespace fedtrail::app
