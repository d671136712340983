#include "app/report_room.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "app/scratch_file.hpp"
#include "backends/openssl/report_key.hpp"
#include "backends/poco/zip_package.hpp"

namespace fedtrail::app {

namespace fs = std::filesystem;

namespace {

weasyprint::WeasyprintPress::Options press_options(std::stop_token stop) {
    weasyprint::WeasyprintPress::Options options;
    options.bounds.stop = std::move(stop);
    return options;
}

/// Gives its place back.
class Place {
public:
    explicit Place(std::counting_semaphore<>& of) : of_(of), fits_(of.try_acquire()) {}
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    Place(Place&&) = delete;
    Place& operator=(Place&&) = delete;
    ~Place() {
        if (fits_) {
            of_.release();
        }
    }
    [[nodiscard]] bool fits() const { return fits_; }

private:
    std::counting_semaphore<>& of_;
    bool fits_;
};

}  // namespace

fs::path scratch_folder(const Config& config) {
    return config.data_dir / "tmp";
}

ReportRoom::ReportRoom(const Config& config)
    : key_(config.data_dir / "report-signing-key.pem"),
      scratch_(scratch_folder(config)),
      press_(scratch_, press_options(stop_.get_token())),
      places_(static_cast<std::ptrdiff_t>(std::max<std::size_t>(config.api.threads / 4, 1))) {}

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
    const Place place{places_};
    if (!place.fits()) {
        return fail(ErrorKind::Unavailable,
                    "other large answers are being made",
                    "Try again in a minute, or take HTML or JSON.");
    }
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
