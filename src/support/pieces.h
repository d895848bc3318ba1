#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace ecsd::support {

// Takes the next of some bytes; they are good for the call only. False: no more are wanted.
using TakePiece = std::function<bool(std::string_view piece)>;

// Bytes that need not be in memory as a whole: gives them to `take`, in order, until it returns
// false. True if it took all. They can be asked for again, and are the same bytes every time,
// though they may be cut elsewhere.
using Pieces = std::function<bool(const TakePiece& take)>;

// Appends every piece to `text`, which must outlive it.
[[nodiscard]] TakePiece AppendTo(std::string& text);

// `bytes`, which must outlive it, in one piece.
[[nodiscard]] Pieces PiecesOf(std::string_view bytes);

// How many bytes there are, by a pass over them.
[[nodiscard]] std::size_t SizeOf(const Pieces& pieces);

// All of them, by two passes: no more memory than they need is taken.
[[nodiscard]] std::string Whole(const Pieces& pieces);

}  // namespace ecsd::support
