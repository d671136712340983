#include "audit/zip_writer.hpp"

namespace fedtrail::audit {

void ZipWriter::begin(std::string name) {
    members_.push_back(ZipMember{std::move(name), 0, 0, at_});
    const auto header = local_header(members_.back());
    out_ << header;
    at_ += header.size();
}

void ZipWriter::write(std::string_view content) {
    auto& member = members_.back();
    out_.write(content.data(), static_cast<std::streamsize>(content.size()));
    member.crc = crc32_of(member.crc, bytes_of(content));
    member.size += content.size();
    at_ += content.size();
}

ZipMember ZipWriter::end() {
    const auto& member = members_.back();
    out_.seekp(static_cast<std::streamoff>(member.offset));
    out_ << local_header(member);
    out_.seekp(static_cast<std::streamoff>(at_));
    return member;
}

Result<void> ZipWriter::finish() {
    const auto directory = directory_of(members_, at_);
    out_ << directory << std::flush;
    at_ += directory.size();
    if (!out_) {
        return fail(ErrorKind::Unavailable,
                    "the bundle could not be written",
                    "look at the disk's room and the folder's rights");
    }
    return {};
}

}  // namespace fedtrail::audit
