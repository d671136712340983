#include "backends/weasyprint/weasyprint_press.hpp"

#include <cstdlib>
#include <fstream>
#include <optional>
#include <ostream>
#include <string_view>
#include <system_error>
#include <vector>

#include <sys/stat.h>

namespace fedtrail::weasyprint {

namespace fs = std::filesystem;

namespace {

constexpr const char* kOtherWay =
    "Make the report as HTML and print it from a browser; it is laid out for paper.";

constexpr std::string_view kRoomName = "print.";

/// A folder of our own, gone with everything in it afterwards.
class Workroom {
public:
    [[nodiscard]] static Result<Workroom> make(const fs::path& scratch) {
        std::error_code fault;
        fs::create_directories(scratch, fault);
        auto name = (scratch / (std::string{kRoomName} + "XXXXXX")).string();
        if (::mkdtemp(name.data()) == nullptr) {
            return fail(ErrorKind::Denied,
                        scratch.string() + " is no folder to work in",
                        "Look at its rights and at the disk.");
        }
        return Workroom{name};
    }
    Workroom(const Workroom&) = delete;
    Workroom& operator=(const Workroom&) = delete;
    Workroom(Workroom&& other) noexcept : path_(std::move(other.path_)) { other.path_.clear(); }
    Workroom& operator=(Workroom&&) = delete;
    ~Workroom() {
        if (!path_.empty()) {
            std::error_code ignored;
            fs::remove_all(path_, ignored);
        }
    }
    [[nodiscard]] const fs::path& path() const { return path_; }

private:
    explicit Workroom(fs::path path) : path_(std::move(path)) {}
    fs::path path_;
};

bool written(const fs::path& file, const std::function<void(std::ostream&)>& page) {
    std::ofstream out{file, std::ios::binary};
    page(out);
    out.flush();
    return out.good();
}

std::string first_line(const fs::path& file) {
    std::ifstream in{file};
    std::string line;
    std::getline(in, line);
    return line.substr(0, 100);
}

}  // namespace

Result<fs::path> WeasyprintPress::program() const {
    auto found = find_program(options_.program);
    if (found.empty()) {
        return fail(ErrorKind::Unavailable,
                    "a PDF needs WeasyPrint, which is not installed",
                    std::string{"Install it (apt install weasyprint). Or: "} + kOtherWay);
    }
    return found;
}

Result<std::string> WeasyprintPress::check() const {
    const auto found = program();
    if (!found) {
        return fail(found);
    }
    const auto room = Workroom::make(scratch_);
    if (!room) {
        return fail(room);
    }
    const auto code = run_bounded({found->string(), "--version"}, room->path(), options_.bounds);
    if (!code || *code != 0) {
        return fail(ErrorKind::Unavailable, found->string() + " does not run", "Install it anew.");
    }
    return first_line(room->path() / "said");
}

Result<void> WeasyprintPress::print(const std::function<void(std::ostream&)>& page, std::ostream& pdf) const {
    const auto found = program();
    if (!found) {
        return fail(found);
    }
    const auto room = Workroom::make(scratch_);
    if (!room) {
        return fail(room);
    }
    const auto from = room->path() / "report.html";
    const auto into = room->path() / "report.pdf";
    if (!written(from, page)) {
        return fail(ErrorKind::Denied, "there is no room for the page to be printed", "Look at the disk.");
    }
    const auto code = run_bounded({found->string(), "--encoding", "utf-8", from.string(), into.string()},
                                  room->path(),
                                  options_.bounds);
    if (!code) {
        return fail(ErrorKind::Unavailable, code.error().what, kOtherWay);
    }
    std::ifstream printed{into, std::ios::binary};
    if (*code != 0 || !printed || printed.peek() == std::ifstream::traits_type::eof()) {
        return fail(ErrorKind::Unavailable, "WeasyPrint could not print the report", kOtherWay);
    }
    pdf << printed.rdbuf();
    return {};
}

Result<void> remove_pages(const fs::path& scratch) {
    std::vector<fs::path> rooms;
    std::error_code fault;
    fs::directory_iterator entry{scratch, fault};
    for (; !fault && entry != fs::directory_iterator{}; entry.increment(fault)) {
        if (entry->path().filename().string().starts_with(kRoomName)) {
            rooms.push_back(entry->path());
        }
    }
    if (fault == std::errc::no_such_file_or_directory) {
        return {};
    }
    for (auto room = rooms.begin(); !fault && room != rooms.end(); ++room) {
        fs::remove_all(*room, fault);
    }
    return fault ? fail(ErrorKind::Unavailable,
                        "pages that were printed cannot be removed from " + scratch.string() + ": " +
                            fault.message(),
                        "Give the folder to the user of the service; it is tried again.")
                 : Result<void>{};
}

}  // namespace fedtrail::weasyprint
