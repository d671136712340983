/// Pages read with libxml2's HTML parser, event by event: no tree is built, so depth costs nothing.

#pragma once

#include "fedtrail/ports/html_reader.hpp"

namespace fedtrail::libxml2 {

class LibxmlHtmlReader final : public HtmlReader {
public:
    LibxmlHtmlReader();
    [[nodiscard]] HtmlText read(std::string_view html, std::string_view charset) const override;
};

}  // namespace fedtrail::libxml2
