/// Makes audit bundles in a running sidecar.

#pragma once

#include <filesystem>
#include <mutex>

#include "fedtrail/core/result.hpp"
#include "fedtrail/ports/ledger_folder.hpp"

#include "api/bundle_order.hpp"
#include "app/config.hpp"
#include "app/policies.hpp"

namespace fedtrail::app {

/// What it stands on; all must outlive it.
struct BundlePorts {
    const Config& config;
    const Environment& environment;
    LedgerFolder& folder;
};

/// Thread-safe.
class BundleMaker {
public:
    /// Each is written into a file without a name in `scratch`.
    BundleMaker(const BundlePorts& ports, PolicyFolders folders, std::filesystem::path scratch)
        : ports_(ports), folders_(std::move(folders)), scratch_(std::move(scratch)) {}

    /// One at a time. It opens stores of its own, so that nobody waits for it. Errors: Conflict (another one
    /// is under way), those of BundleDesk and of ScratchFile.
    [[nodiscard]] Result<api::MadeBundle> make(const api::BundleOrder& order);

private:
    BundlePorts ports_;
    PolicyFolders folders_;
    std::filesystem::path scratch_;
    std::mutex making_;
};

}  // namespace fedtrail::app
