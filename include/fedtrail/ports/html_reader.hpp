/// What a page says, without its markup.

#pragma once

#include <string>
#include <string_view>

namespace fedtrail {

struct HtmlText {
    std::string text;      ///< UTF-8, one paragraph a line, blanks as one blank; at most 256 KiB.
    std::string language;  ///< As the page claims it, not checked; "" if it does not.
    bool cut{};            ///< There was more.
    bool asks_password{};  ///< A field for a password stands in what is read.
};

/// Thread-safe.
class HtmlReader {
public:
    HtmlReader() = default;
    HtmlReader(const HtmlReader&) = delete;
    HtmlReader& operator=(const HtmlReader&) = delete;
    HtmlReader(HtmlReader&&) = delete;
    HtmlReader& operator=(HtmlReader&&) = delete;
    virtual ~HtmlReader() = default;

    /// Anything is a page; of nonsense the text is what a browser would show, or "". Scripts, styles, menus,
    /// fields and footers are left out; a page with a <main> or <article> says what is in there. `charset` is
    /// that of the Content-Type; "" where the page itself knows.
    [[nodiscard]] virtual HtmlText read(std::string_view html, std::string_view charset) const = 0;
};

}  // namespace fedtrail
