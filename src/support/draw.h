#pragma once

namespace ecsd::support {

// A number in [0, 1), each as likely, to spread what many copies of the program would do at the
// same moment. No secret: it can be guessed. Each thread has its own generator, so callers need no
// lock.
[[nodiscard]] double Draw();

}  // namespace ecsd::support
