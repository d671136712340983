#include "app/texts.hpp"

#include "app/policies.hpp"

namespace fedtrail::app {

Result<std::shared_ptr<const reports::ReportTexts>> load_texts(const Session& session,
                                                               const std::string& language) {
    const auto folders = find_policies(session.environment, session.program);
    if (!folders) {
        return fail(folders);
    }
    auto texts = reports::ReportTexts::load(folders->policies.string(), language);
    if (!texts) {
        return fail(texts);
    }
    return std::make_shared<const reports::ReportTexts>(std::move(*texts));
}

reports::ControllerBlock controller_block(const Config& config) {
    return {config.controller.name,
            config.controller.contact,
            config.controller.dpo,
            config.controller.authority};
}

}  // namespace fedtrail::app
