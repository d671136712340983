#include "app/texts.hpp"

#include "app/policies.hpp"
#include "language/choice.hpp"

namespace fedtrail::app {

namespace {

/// Nobody asked for it: it stands in the configuration.
Error of_configuration(Error error) {
    error.kind = ErrorKind::Invalid;
    error.what = "controller.languages: " + error.what;
    return error;
}

}  // namespace

Result<std::vector<std::string>> known_languages(const Session& session) {
    const auto folders = find_policies(session.environment, session.program);
    if (!folders) {
        return fail(folders);
    }
    return reports::report_languages(folders->policies.string());
}

Result<Exit> check_language(Session& session, const std::string& asked) {
    const auto known = known_languages(session);
    if (!known) {
        return fail(known);
    }
    if (asked.empty() || language::match(*known, asked)) {
        return Exit::Done;
    }
    complain(session, reports::unknown_language(asked, *known));
    return Exit::Usage;
}

std::string usual_language(const Config& config) {
    return config.controller.languages.empty() ? "en" : config.controller.languages.front();
}

Result<std::shared_ptr<const reports::ReportTexts>> load_texts(const Session& session,
                                                               const Config& config,
                                                               const std::string& asked) {
    const auto known = known_languages(session);
    const auto folders = find_policies(session.environment, session.program);
    if (!known || !folders) {
        return known ? fail(folders) : fail(known);
    }
    const auto wanted = asked.empty() ? usual_language(config) : asked;
    const auto found = language::match(*known, wanted);
    if (!found) {
        auto error = reports::unknown_language(wanted, *known);
        return tl::unexpected<Error>{asked.empty() ? of_configuration(std::move(error)) : std::move(error)};
    }
    auto texts = reports::ReportTexts::load(folders->policies.string(), *found);
    if (!texts) {
        return fail(texts);
    }
    return std::make_shared<const reports::ReportTexts>(std::move(*texts));
}

Result<std::shared_ptr<const reports::ReportLibrary>> load_library(const Session& session,
                                                                   const Config& config) {
    const auto folders = find_policies(session.environment, session.program);
    if (!folders) {
        return fail(folders);
    }
    auto library = reports::ReportLibrary::load(folders->policies.string(), usual_language(config));
    if (!library) {
        return library.error().kind == ErrorKind::NotFound
                   ? tl::unexpected<Error>{of_configuration(library.error())}
                   : fail(library);
    }
    return std::make_shared<const reports::ReportLibrary>(std::move(*library));
}

reports::ControllerBlock controller_block(const Config& config) {
    return {config.controller.name,
            config.controller.contact,
            config.controller.dpo,
            config.controller.authority};
}

}  // namespace fedtrail::app
