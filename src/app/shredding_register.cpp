#include "app/shredding_register.hpp"

#include <array>
#include <cerrno>
#include <fstream>
#include <set>
#include <string_view>
#include <system_error>
#include <utility>

#include <nlohmann/json.hpp>

#include "app/files.hpp"

namespace fedtrail::app {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kLongestEntry = 1024;  // they have about 90 octets

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

/// Gives each to `visit`.
template <typename Visit>
Result<ShreddingRegister::End> visit_entries(const std::filesystem::path& file, const Visit& visit) {
    ShreddingRegister::End end;
    errno = 0;
    std::ifstream in{file, std::ios::binary};
    if (!in.is_open()) {
        return errno == ENOENT ? Result<ShreddingRegister::End>{end}
                               : fail(ErrorKind::Denied,
                                      file.string() + " cannot be read: " + system_words(errno),
                                      "Run as the owner of the folder, or change its rights.");
    }
    std::array<char, kLongestEntry> line{};
    std::size_t number = 1;
    for (; in.getline(line.data(), line.size()); ++number) {
        const auto octets = static_cast<std::size_t>(in.gcount());
        end.unended = in.eof();
        auto entry = entry_in({line.data(), octets - (end.unended ? 0 : 1)});
        if (!entry && !end.unended) {
            return damaged(file, number);
        }
        if (!entry) {
            end.half = true;
            end.unended = false;
            return end;
        }
        end.whole += octets;
        visit(*entry);
    }
    if (in.bad()) {
        return fail(ErrorKind::Unavailable, file.string() + " cannot be read");
    }
    return in.eof() ? Result<ShreddingRegister::End>{end} : damaged(file, number);  // it is too long
}

}  // namespace

Result<std::vector<RegisteredShredding>> ShreddingRegister::read(const std::filesystem::path& file,
                                                                 LastLine last) {
    std::vector<RegisteredShredding> entries;
    const auto end =
        visit_entries(file, [&](RegisteredShredding& entry) { entries.push_back(std::move(entry)); });
    if (!end) {
        return fail(end);
    }
    return end->half && last == LastLine::Whole
               ? Result<std::vector<RegisteredShredding>>{damaged(file, entries.size() + 1)}
               : std::move(entries);
}

Result<void> ShreddingRegister::merge(const std::filesystem::path& file,
                                      const std::vector<RegisteredShredding>& more) {
    auto entries = read(file, LastLine::AnyHalf);
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

/// Somebody may have put another file there.
Result<void> ShreddingRegister::look() {
    auto state = file_state(file_);
    if (state == seen_) {
        return {};
    }
    known_.clear();
    const auto end = visit_entries(file_, [this](const RegisteredShredding& entry) {
        if (entry.vault == vault_) {
            known_.insert(entry.subject.get());
        }
    });
    if (!end) {
        return fail(end);
    }
    end_ = *end;
    seen_ = std::move(state);
    return {};
}

Result<void> ShreddingRegister::add(const RegisteredShredding& entry) {
    if (end_.half) {
        std::error_code fault;
        std::filesystem::resize_file(file_, end_.whole, fault);
        if (fault) {
            return fail(ErrorKind::Unavailable,
                        file_.string() + " cannot be written: " + fault.message(),
                        "Make it writable for the service; it is tried again.");
        }
    }
    return append_to_file(file_, (end_.unended ? "\n" : "") + line_of(entry));
}

Result<void> ShreddingRegister::forget(privacy::SubjectNumber subject) {
    const std::scoped_lock held{one_};
    if (auto looked = look(); !looked || known_.contains(subject.get())) {
        return looked;
    }
    auto added = add({vault_, subject, clock_.now()});
    if (!added) {
        seen_.clear();  // it is read again
        return added;
    }
    known_.insert(subject.get());
    end_ = {};
    seen_ = file_state(file_);
    return {};
}

}  // namespace fedtrail::app
