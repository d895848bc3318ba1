// GCC 12 and Clang 19 name this template of libfmt 9 differently for the linker, so that code built
// with Clang does not find it in Debian's library. This is Clang's own copy.
#define FMT_HEADER_ONLY
#include <fmt/format.h>  // NOLINT(misc-include-cleaner): what is used of it stands in parts of it

template void fmt::detail::vformat_to<char>(fmt::detail::buffer<char>&, fmt::string_view,
                                            fmt::basic_format_args<fmt::buffer_context<char>>,
                                            fmt::detail::locale_ref);
