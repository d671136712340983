#include <array>

#include "app/settings.hpp"
#include "app/settings_parts.hpp"

namespace fedtrail::app {

namespace {

const std::array all_log_settings{
    Setting{
        "log.name",
        Shape::KeyName,
        R"("")",
        "The name of the transparency log, an address without its scheme. It is written into log.key when "
        "that is made. Empty is the first origin's host.",
        [](Config& c, const SettingValue& v) { c.log.name = text(v); }},
    Setting{"log.guard",
            Shape::File,
            R"("log.guard")",
            "The file with the last checkpoint that was signed. Keep it out of every backup: it is what an "
            "older log is known by.",
            [](Config& c, const SettingValue& v) { c.log.guard = text(v); }},
    Setting{"log.interval",
            Shape::Duration,
            R"("1m")",
            "How often what happened is put into the log and a checkpoint is signed.",
            [](Config& c, const SettingValue& v) {
                c.log.interval = std::chrono::seconds{std::get<std::int64_t>(v)};
            },
            1,
            86'400},
    Setting{
        "log.listen",
        Shape::MaybeListen,
        R"("")",
        "Where the log is served to everybody, beside api.listen; nothing else answers there. Empty is off.",
        [](Config& c, const SettingValue& v) {
            c.log.listen.reset();
            if (!text(v).empty()) {
                c.log.listen = endpoint_from(text(v));
            }
        }},
    Setting{
        "log.witnesses",
        Shape::Witnesses,
        "[]",
        "Witnesses that are asked to cosign, each as \"URL KEY\": the address before /add-checkpoint, and "
        "its verifier key.",
        [](Config& c, const SettingValue& v) { c.log.witnesses = std::get<std::vector<std::string>>(v); }},
};

const std::array all_witness_settings{
    Setting{
        "witness.logs",
        Shape::LogKeys,
        "[]",
        "Verifier keys of the logs that this instance cosigns, below /witness/. Empty: it is no witness.",
        [](Config& c, const SettingValue& v) { c.log.witnessed = std::get<std::vector<std::string>>(v); }},
};

}  // namespace

std::span<const Setting> log_settings() {
    return all_log_settings;
}

std::span<const Setting> witness_settings() {
    return all_witness_settings;
}

}  // namespace fedtrail::app
