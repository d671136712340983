#include "app/rules_file.hpp"

#include "app/files.hpp"
#include "app/json_schema.hpp"
#include "app/recipient_room.hpp"

namespace fedtrail::app {

namespace fs = std::filesystem;

RulesPlace rules_place(const Config& config, const PolicyFolders& folders) {
    if (!config.transfer_rules.empty()) {
        return {config.transfer_rules, false};
    }
    const auto own = config.data_dir / kRulesName;
    std::error_code ignored;
    return fs::exists(own, ignored) ? RulesPlace{own, false}
                                    : RulesPlace{folders.policies / kRulesName, true};
}

Result<std::string> read_rules(const fs::path& file) {
    auto text = read_file(file);
    if (!text) {
        return fail(text);
    }
    if (!*text) {
        return fail(ErrorKind::NotFound,
                    file.string() + " is not there",
                    "Put the file of transfer rules there, or correct policies.transfer_rules.");
    }
    return std::move(**text);
}

std::string place_in(const std::string& file, std::size_t line) {
    return line == 0 ? file : file + ":" + std::to_string(line);
}

Result<recipients::CheckedRules> check_rules_text(const std::string& text,
                                                  const PolicyFolders& folders,
                                                  const recipients::SeenHosts* seen) {
    const auto schema = read_text(folders.schemas / "transfer-rules.schema.json");
    if (!schema) {
        return fail(schema);
    }
    return recipients::check_rules_file(text, check_schema(text, *schema, "the file"), seen);
}

Result<void> note_bypassed(recipients::CheckedRules& checked, const Config& config) {
    if (config.proxy.bypass.empty()) {
        return {};
    }
    const auto directory =
        sqlite::SqliteDirectory::open_file(directory_file(config), sqlite::OpenMode::ReadOnly);
    const auto joined = directory ? (*directory)->joined() : fail(directory);
    recipients::note_bypassed(checked, config.proxy.bypass, joined ? **joined : privacy::JoinedHosts{});
    checked.joined_compared = joined || joined.error().kind == ErrorKind::NotFound;
    return checked.joined_compared ? Result<void>{} : fail(joined);
}

Result<privacy::TransferRules> ready_rules(recipients::CheckedRules checked, const std::string& place) {
    if (!checked.usable()) {  // errors come first
        const auto& note = checked.notes.front();
        const auto rule = note.rule.empty() ? "" : "rule \"" + note.rule + "\": ";
        return fail(ErrorKind::Invalid, place_in(place, note.line) + ": " + rule + note.what, note.remedy);
    }
    return privacy::TransferRules::compile(std::move(checked.rules));
}

Result<privacy::TransferRules> make_rules(const std::string& text,
                                          const fs::path& file,
                                          const PolicyFolders& folders) {
    auto checked = check_rules_text(text, folders, nullptr);
    return checked ? ready_rules(std::move(*checked), file.string()) : fail(checked);
}

Result<privacy::TransferRules> load_rules(const fs::path& file, const PolicyFolders& folders) {
    const auto text = read_rules(file);
    if (!text) {
        return fail(text);
    }
    return make_rules(*text, file, folders);
}

}  // namespace fedtrail::app
