#include "app/inbox_sink.hpp"

#include "app/recipient_room.hpp"

namespace fedtrail::app {

Result<std::unique_ptr<InboxSink>> InboxSink::open(const Config& config,
                                                   DeliverySink& next,
                                                   const Clock& clock) {
    auto directory = sqlite::SqliteDirectory::open_file(directory_file(config), sqlite::OpenMode::ReadWrite);
    if (!directory) {
        return fail(directory);
    }
    return std::unique_ptr<InboxSink>{new InboxSink{next, clock, std::move(*directory)}};
}

Result<Observed> InboxSink::observe(std::span<const records::Observation> observations) {
    auto observed = next_.observe(observations);
    if (!observed) {
        return observed;
    }
    bool more = false;
    for (const auto& observation : observations) {
        more = inboxes_.note(observation, clock_.now()) || more;
    }
    while (more) {
        const auto written = inboxes_.write(*directory_);
        if (!written) {
            return fail(written);
        }
        more = *written;
    }
    return observed;
}

}  // namespace fedtrail::app
