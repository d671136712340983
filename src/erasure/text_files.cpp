#include "erasure/text_files.hpp"

#include <fstream>
#include <sstream>

#include <kainjow/mustache.hpp>

namespace fedtrail::erasure {

namespace {

constexpr std::size_t kMostText = std::size_t{64} * 1024;

}  // namespace

tl::unexpected<Error> bad_file(const std::string& path, const std::string& why) {
    return fail(ErrorKind::Invalid, path + ": " + why, "restore the file from the release");
}

Result<std::string> read_text_file(const std::string& path) {
    std::ifstream file{path, std::ios::binary};
    std::ostringstream all;
    if (!file || !(all << file.rdbuf())) {
        return bad_file(path, "cannot be read");
    }
    auto text = std::move(all).str();
    if (text.size() > kMostText) {
        return bad_file(path, "is larger than 64 KiB");
    }
    return text;
}

Result<language::Forms> read_forms(const std::string& policies, std::string_view language) {
    const auto path = policies + "/texts/" + std::string{language} + "/forms.json";
    const auto json = read_text_file(path);
    if (!json) {
        return fail(json);
    }
    auto forms = language::Forms::parse(language, *json);
    if (!forms) {
        return fail(ErrorKind::Invalid, path + ": " + forms.error().what, forms.error().remedy);
    }
    return forms;
}

Result<void> check_mustache(const std::string& path, const std::string& text, const language::Forms& forms) {
    if (const kainjow::mustache::mustache form{text}; !form.is_valid()) {
        return bad_file(path, "has a broken {{placeholder}}");
    }
    if (const auto missing = forms.missing_section(text); !missing.empty()) {
        return bad_file(path, "lacks the section {{#" + missing + "}}");
    }
    return {};
}

}  // namespace fedtrail::erasure
