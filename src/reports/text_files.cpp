#include "reports/text_files.hpp"

#include <fstream>
#include <sstream>

#include <kainjow/mustache.hpp>

#include "language/parts.hpp"

namespace fedtrail::reports {

namespace {

constexpr std::size_t kMaxFile = 1U << 20U;

}  // namespace

tl::unexpected<Error> bad_file(const std::string& path, const std::string& why) {
    return fail(ErrorKind::Invalid, path + ": " + why, "restore the file from the release");
}

Result<std::string> read_file(const std::string& path) {
    std::ifstream in{path, std::ios::binary};
    std::ostringstream text;
    if (!in || !(text << in.rdbuf())) {
        return bad_file(path, "cannot be read");
    }
    auto content = std::move(text).str();
    if (content.size() > kMaxFile) {
        return bad_file(path, "is larger than 1 MiB");
    }
    return content;
}

Result<language::Forms> read_forms(const std::string& path, std::string_view language) {
    const auto content = read_file(path);
    if (!content) {
        return fail(content);
    }
    auto forms = language::Forms::parse(language, *content);
    if (!forms) {
        return fail(ErrorKind::Invalid, path + ": " + forms.error().what, forms.error().remedy);
    }
    return forms;
}

Result<language::Texts> read_texts(const std::string& path, const language::Forms& forms) {
    const auto content = read_file(path);
    if (!content) {
        return fail(content);
    }
    auto texts = language::flat_texts(*content);
    if (!texts) {
        return bad_file(path, "is not a JSON object of texts");
    }
    for (const auto& [key, text] : *texts) {
        if (const kainjow::mustache::mustache parsed{text}; !parsed.is_valid()) {
            return bad_file(path, "the text \"" + key + "\" has a broken {{placeholder}}");
        }
        if (const auto missing = forms.missing_section(text); !missing.empty()) {
            auto why = "the text \"" + key;
            return bad_file(path, why.append("\" lacks the section {{#").append(missing).append("}}"));
        }
        if (const auto fault = language::parts_fault(text, {}); !fault.empty()) {
            auto why = "the text \"" + key;
            return bad_file(path, why.append("\" ").append(fault));
        }
    }
    return std::move(*texts);
}

}  // namespace fedtrail::reports
