#include "app/report_room.hpp"

#include <memory>

#include "app/scratch_file.hpp"
#include "backends/openssl/report_key.hpp"
#include "backends/poco/zip_package.hpp"

namespace fedtrail::app {

namespace fs = std::filesystem;

fs::path scratch_folder(const Config& config) {
    return config.data_dir / "tmp";
}

ReportRoom::ReportRoom(const Config& config)
    : key_(config.data_dir / "report-signing-key.pem"), scratch_(scratch_folder(config)), press_(scratch_) {}

reports::ReportTools ReportRoom::tools(const LedgerHoldings& holdings) const {
    return {&holdings,
            &press_,
            [this]() -> Result<std::unique_ptr<ReportSeal>> {
                auto key = openssl::ReportKey::open_or_make(key_);
                return key ? Result<std::unique_ptr<ReportSeal>>{std::move(*key)}
                           : Result<std::unique_ptr<ReportSeal>>{fail(key)};
            },
            &poco::ZipPackage::make};
}

Result<HttpStream> ReportRoom::spool(const std::function<Result<void>(std::ostream&)>& write) const {
    auto file = ScratchFile::make(scratch_);
    if (!file) {
        return fail(file);
    }
    if (auto written = write(file->stream()); !written) {
        return fail(written);
    }
    if (auto finished = file->finish(); !finished) {
        return fail(finished);
    }
    return file->give_out();
}

}  // namespace fedtrail::app
