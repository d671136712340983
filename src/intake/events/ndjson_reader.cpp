#include "intake/events/ndjson_reader.hpp"

#include <utility>

#include "fedtrail/core/utf8.hpp"

#include "intake/events/observation_line.hpp"

namespace fedtrail::intake::events {

namespace {

bool is_blank(std::string_view line) {
    return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

}  // namespace

NdjsonReader::NdjsonReader(std::istream& stream,
                           Position start,
                           fediverse::IsLocal is_local,
                           const std::atomic<bool>* stop)
    : lines_(stream, start, stop), is_local_(std::move(is_local)) {}

std::optional<NdjsonReader::Entry> NdjsonReader::next() {
    while (auto found = lines_.next()) {
        const auto text = found->end.lines == 1 ? without_byte_order_mark(found->text) : found->text;
        if (found->too_long) {
            return Entry{found->end,
                         text,
                         fail(ErrorKind::Invalid,
                              "the line is longer than an observation can be (1 MiB and 64 KiB)",
                              "see schemas/observation.schema.json")};
        }
        if (!is_blank(text)) {
            return Entry{found->end, text, parse_padded_observation(text, is_local_)};
        }
    }
    return std::nullopt;
}

}  // namespace fedtrail::intake::events
