#include "backends/poco/zip_archiver.hpp"

#include <algorithm>
#include <sstream>

#include <Poco/DateTime.h>
#include <Poco/Exception.h>
#include <Poco/Timestamp.h>
#include <Poco/Zip/Compress.h>

namespace fedtrail::poco {

namespace {

constexpr std::size_t kLongestName = 255;

bool is_member_name(const std::string& name) {
    const bool apart = name == ".." || name.starts_with("../") || name.find("/../") != std::string::npos ||
                       name.ends_with("/..") || name.starts_with('/') || name.ends_with('/');
    const bool control = std::any_of(name.begin(), name.end(), [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7f || c == '\\';
    });
    return !name.empty() && name.size() <= kLongestName && !apart && !control;
}

tl::unexpected<Error> unwritten(const std::string& what) {
    return fail(ErrorKind::Unavailable, what + " cannot be written", "Look at the disk and the memory.");
}

/// Poco::Zip writes a header twice, so the archive has to be seekable: it is made in memory first.
Result<void> add(Poco::Zip::Compress& zip, const ArchiveMember& member, const Poco::DateTime& at) {
    if (!is_member_name(member.name)) {
        return fail(ErrorKind::Invalid, "the name of a member of an archive is no relative path");
    }
    std::stringstream content;
    member.write(content);
    if (!content) {
        return unwritten("the member " + member.name);
    }
    // An empty stream fails when it is read, which Poco takes for an error.
    content.peek();
    content.clear();
    zip.addFile(content,
                at,
                Poco::Path{member.name, Poco::Path::PATH_UNIX},
                member.packed ? Poco::Zip::ZipCommon::CM_DEFLATE : Poco::Zip::ZipCommon::CM_STORE);
    return {};
}

}  // namespace

Result<void> ZipArchiver::write(std::span<const ArchiveMember> members, Instant at, std::ostream& out) const {
    std::stringstream made;
    try {
        const Poco::DateTime date{Poco::Timestamp::fromEpochTime(to_unix_seconds(at))};
        Poco::Zip::Compress zip{made, true};
        for (const auto& member : members) {
            if (auto added = add(zip, member, date); !added) {
                return added;
            }
        }
        zip.close();
    } catch (const Poco::Exception& error) {
        return unwritten("the archive (" + error.displayText() + ")");
    }
    out << made.rdbuf();
    return out ? Result<void>{} : Result<void>{unwritten("the archive")};
}

}  // namespace fedtrail::poco
