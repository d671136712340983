#include "golden.hpp"

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace fedtrail::testing {

std::string approved(std::string_view path, const std::string& text) {
    const auto file = FEDTRAIL_SOURCE_DIR "/tests/" + std::string{path};
    // NOLINTNEXTLINE(concurrency-mt-unsafe): a test program with one thread.
    if (const char* approving = std::getenv("FEDTRAIL_APPROVE");
        approving != nullptr && std::string_view{approving} == "1") {
        std::ofstream{file, std::ios::binary} << text;
    }
    std::ifstream in{file, std::ios::binary};
    std::ostringstream content;
    content << in.rdbuf();
    return std::move(content).str();
}

}  // namespace fedtrail::testing
