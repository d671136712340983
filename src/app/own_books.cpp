#include "app/own_books.hpp"

namespace fedtrail::app {

Result<std::unique_ptr<OwnBooks>> OwnBooks::open(const Session& session, const Config& config) {
    auto lock = InstanceLock::take(config.data_dir);
    if (!lock) {
        return fail(lock);
    }
    std::unique_ptr<OwnBooks> own{new OwnBooks{std::move(*lock)}};
    auto books = Books::open(config, session.environment, own->clock_, {});
    if (!books) {
        return fail(books);
    }
    own->books_ = std::move(*books);
    return own;
}

}  // namespace fedtrail::app
