#include "support/pieces.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace ecsd::support {

TakePiece AppendTo(std::string& text) {
  return [&text](std::string_view piece) {
    text += piece;
    return true;
  };
}

Pieces PiecesOf(std::string_view bytes) {
  return [bytes](const TakePiece& take) { return bytes.empty() || take(bytes); };
}

std::size_t SizeOf(const Pieces& pieces) {
  std::size_t size = 0;
  pieces([&size](std::string_view piece) {
    size += piece.size();
    return true;
  });
  return size;
}

std::string Whole(const Pieces& pieces) {
  std::string whole;
  whole.reserve(SizeOf(pieces));
  pieces(AppendTo(whole));
  return whole;
}

}  // namespace ecsd::support
