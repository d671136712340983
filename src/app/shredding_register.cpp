#include "app/shredding_register.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>

#include "app/files.hpp"

namespace fedtrail::app {

namespace {

using Json = nlohmann::ordered_json;

tl::unexpected<Error> damaged(const std::filesystem::path& file, std::size_t line) {
    return fail(ErrorKind::Corrupt,
                file.string() + " line " + std::to_string(line) + " is no shredding",
                "Restore the file: whoever it names must not come back with a backup.");
}

Result<RegisteredShredding> entry_in(std::string_view text) {
    const auto document = Json::parse(text, nullptr, false);
    if (!document.is_object() || !document.contains("vault") || !document["vault"].is_string() ||
        !document.contains("subject") || !document["subject"].is_number_unsigned() ||
        !document.contains("at") || !document["at"].is_string()) {
        return fail(ErrorKind::Corrupt, "not a shredding");
    }
    const auto at = parse_rfc3339(document["at"].get<std::string>());
    if (!at) {
        return fail(at);
    }
    return RegisteredShredding{document["vault"].get<std::string>(),
                               privacy::SubjectNumber{document["subject"].get<std::uint64_t>()},
                               *at};
}

std::string line_of(const RegisteredShredding& entry) {
    return Json{{"vault", entry.vault}, {"subject", entry.subject.get()}, {"at", format_rfc3339(entry.at)}}
               .dump() +
           "\n";
}

}  // namespace

Result<std::vector<RegisteredShredding>> ShreddingRegister::read(const std::filesystem::path& file) {
    const auto text = read_file(file);
    if (!text) {
        return fail(text);
    }
    std::vector<RegisteredShredding> entries;
    std::string_view rest = *text ? std::string_view{**text} : std::string_view{};
    for (std::size_t number = 1; !rest.empty(); ++number) {
        const auto end = std::min(rest.find('\n'), rest.size());
        const auto line = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        auto entry = entry_in(line);
        if (!entry) {
            return damaged(file, number);
        }
        entries.push_back(std::move(*entry));
    }
    return entries;
}

Result<void> ShreddingRegister::merge(const std::filesystem::path& file,
                                      const std::vector<RegisteredShredding>& more) {
    auto entries = read(file);
    if (!entries) {
        return fail(entries);
    }
    std::set<std::pair<std::string, std::uint64_t>> known;
    std::string text;
    for (const auto& entry : *entries) {
        known.emplace(entry.vault, entry.subject.get());
        text += line_of(entry);
    }
    bool changed = false;
    for (const auto& entry : more) {
        if (known.emplace(entry.vault, entry.subject.get()).second) {
            text += line_of(entry);
            changed = true;
        }
    }
    return changed ? replace_file(file, text) : Result<void>{};
}

Result<void> ShreddingRegister::forget(privacy::SubjectNumber subject) {
    const std::scoped_lock held{one_};
    return merge(file_, {{vault_, subject, clock_.now()}});
}

}  // namespace fedtrail::app
