#include "app/session.hpp"

#include <cctype>
#include <ostream>

#include "fedtrail/records/by.hpp"

#include "app/login.hpp"
#include "app/restore_note.hpp"
#include "app/table.hpp"

namespace fedtrail::app {

Result<std::string> Session::said_name() const {
    auto said = said_by;
    if (const auto variable = environment.find("FEDTRAIL_BY");
        said.empty() && variable != environment.end()) {
        said = variable->second;
    }
    return said.empty() ? said : records::parse_operator(said);
}

std::string Session::by() const {
    return records::by_operator(login_name(login_of_process(environment), user_name),
                                said_name().value_or(""));
}

Result<Config> Session::config() const {
    const auto file = find_config(config_file, environment);
    if (!file) {
        return fail(file);
    }
    auto config = load_config(*file, environment);
    if (!config) {
        return config;
    }
    if (const auto whole = not_half_restored(config->data_dir); !whole) {
        return fail(whole);
    }
    return config;
}

namespace {

/// "docs/keys.md", "log.guard" or "fedtrail": written as it is, also where a sentence begins.
bool begins_with_name(std::string_view text) {
    const auto word = text.substr(0, text.find(' '));
    return word == "fedtrail" || word.substr(0, word.size() - 1).find_first_of("/._") != word.npos;
}

}  // namespace

void complain(Session& session, const Error& error) {
    std::string line = "fedtrail: " + error.what;
    if (!line.ends_with('.') && !line.ends_with('?')) {
        line += '.';
    }
    std::string remedy = error.remedy;
    if (!remedy.empty()) {
        if (!begins_with_name(remedy)) {
            remedy.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(remedy.front())));
        }
        line += " " + remedy + (remedy.ends_with('.') || remedy.ends_with('?') ? "" : ".");
    }
    session.err << printable(line, true) << std::endl;
}

Exit exit_of(ErrorKind kind) {
    switch (kind) {
        case ErrorKind::NotFound:
            return Exit::NotFound;
        case ErrorKind::Denied:
            return Exit::Denied;
        case ErrorKind::Conflict:
        case ErrorKind::Unavailable:
        case ErrorKind::Invalid:
        case ErrorKind::Corrupt:
            return Exit::Failed;
    }
    return Exit::Failed;
}

}  // namespace fedtrail::app
