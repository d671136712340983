/// Which attachments are files.

#pragma once

#include <simdjson.h>

namespace fedtrail::fediverse {

/// Whether an attachment is a file (a picture, a sound), and not the preview of a web page or a table entry.
[[nodiscard]] bool is_file(const simdjson::dom::element& attachment);

}  // namespace fedtrail::fediverse
