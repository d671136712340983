#include <sstream>
#include <string>

#include "fuzz/fuzz.hpp"
#include "intake/events/ndjson_reader.hpp"
#include "intake/events/observation_line.hpp"

using namespace fedtrail;
using namespace fedtrail::intake::events;

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::istringstream stream{std::string{fuzz::text(data, size)}};
    NdjsonReader reader{stream, {}};
    Position last;
    while (const auto entry = reader.next()) {
        fuzz::must(entry->end.lines > last.lines && entry->end.offset > last.offset &&
                   entry->end.offset <= size);
        last = entry->end;
        const auto alone = parse_observation(entry->text);
        fuzz::must(alone.has_value() == entry->observation.has_value());
        if (alone) {
            fuzz::must(*alone == *entry->observation && !alone->recipient.empty() &&
                       !alone->activity.shares.empty());
        }
    }
    return 0;
}
