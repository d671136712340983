#include "audit/crafted.hpp"

#include <sstream>
#include <stdexcept>

#include "audit/example_log.hpp"
#include "audit/manifest.hpp"
#include "audit/zip_writer.hpp"

namespace fedtrail::testing {

std::string crafted(const std::string& bundle,
                    const std::map<std::string, std::string>& contents,
                    const std::string& without) {
    std::ostringstream out;
    audit::ZipWriter zip{out};
    const auto add = [&zip](const std::string& name, std::string_view content) {
        zip.begin(name);
        zip.write(content);
        zip.end();
    };
    auto manifest = *audit::parse_manifest(member_of(bundle, audit::kManifest));
    std::erase_if(manifest.members, [&without](const audit::BundleMember& member) {
        return !without.empty() && member.path.starts_with(without);
    });
    for (const auto& [path, content] : contents) {
        if (!path.empty() && member_of(bundle, path) == "none") {
            manifest.members.push_back({path, 0, std::nullopt});
        }
    }
    for (auto& member : manifest.members) {  // records without a hash stay so: the log's leaf has none
        const auto given = contents.find(member.path);
        const auto content = given == contents.end() ? member_of(bundle, member.path) : given->second;
        member.size = content.size();
        if (member.sha256 || member.path != audit::kRecords) {
            member.sha256 = ledger::sha256(bytes_of(content));
        }
        add(member.path, content);
    }
    const auto given = contents.find("");
    const auto text = given == contents.end() ? audit::write(manifest) : given->second;
    const auto about = audit::signed_text(manifest, text);
    add(std::string{audit::kManifest}, text);
    add(std::string{audit::kSignature}, ledger::Note{about, {log_key().sign(about)}}.write());
    if (!zip.finish()) {
        throw std::runtime_error{"the bundle was not written"};
    }
    return std::move(out).str();
}

std::string member_of(const std::string& bundle, std::string_view name) {
    const auto members = audit::read_directory(TextSource{bundle});
    if (!members) {
        throw std::runtime_error{members.error().what};
    }
    for (const auto& member : *members) {
        if (member.name == name) {
            return bundle.substr(audit::content_of(member), member.size);
        }
    }
    return "none";
}

std::string replaced(std::string text, std::string_view what, std::string_view then) {
    const auto at = text.find(what);
    if (at == std::string::npos) {
        throw std::runtime_error{"there is no " + std::string{what}};
    }
    return text.replace(at, what.size(), then);
}

std::string times(std::size_t count, std::string_view text) {
    std::string all;
    all.reserve(count * text.size());
    for (std::size_t i = 0; i < count; ++i) {
        all += text;
    }
    return all;
}

}  // namespace fedtrail::testing
