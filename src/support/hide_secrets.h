#pragma once

#include <span>
#include <string>
#include <string_view>

#include "support/secret.h"

namespace ecsd::support {

// `text`, which comes from outside (a response, an error of a library), with `***` in the place of
// everything that shows a part of one of `secrets`:
//   - any 16 characters in a row of a secret, without regard to case; a shorter secret whole, and
//     none below four characters, which would riddle the text;
//   - plain, or under up to three layers of escapes in any mixture: percent-encoding (upper and
//     lower case), JSON (`\/`, `\u002f`), HTML and XML (`&amp;`, `&#47;`, `&#x2f;`);
//   - in base64 or base64url at every alignment, and in hexadecimal digits, of that;
//   - for a secret that is written with escapes itself (in a URL): without them too;
//   - broken up by white space and line breaks, with `+` become a space, with `-_` for `+/`.
// Invariant: of what is returned, none of these readings shows such a part, wherever it is cut
// afterwards (but for a short secret, so cut it after this call and not before). Of 16 characters,
// eight at least must be other than white space, `+` and `-`, as in every key and token of AWS.
// More than 64 KiB of text is cut there; messages show a few hundred bytes.
//
// Pure; any thread may call. The time grows with the text (about a millisecond for 4 KiB) and with
// the secrets: for the paths of errors only.
[[nodiscard]] std::string HideSecrets(std::string_view text, std::span<const Secret> secrets);

}  // namespace ecsd::support
