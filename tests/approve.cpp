#include "reports/approve.hpp"

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace fedtrail::reports::test {

std::string approved(std::string_view name, const std::string& text) {
    const auto path = FEDTRAIL_SOURCE_DIR "/tests/reports/golden/" + std::string{name};
    // NOLINTNEXTLINE(concurrency-mt-unsafe): a test program with one thread.
    if (const char* approving = std::getenv("FEDTRAIL_APPROVE");
        approving != nullptr && std::string_view{approving} == "1") {
        std::ofstream{path, std::ios::binary} << text;
    }
    std::ifstream in{path, std::ios::binary};
    std::ostringstream content;
    content << in.rdbuf();
    return std::move(content).str();
}

}  // namespace fedtrail::reports::test
