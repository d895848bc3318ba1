# Errors in the presets people develop with; not in release and tsan, where GCC 12's optimiser warns of things that
# are not there (GCC bug 105651 and its like).
# Interface target carried PRIVATE by every first-party target; third-party headers come in as SYSTEM.
add_library(ecsd_warnings INTERFACE)
target_compile_options(ecsd_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast -Wcast-qual
  -Wcast-align -Wnon-virtual-dtor -Woverloaded-virtual -Wextra-semi -Wundef -Wformat=2
  -Wimplicit-fallthrough -Wdouble-promotion -Wzero-as-null-pointer-constant -Wmissing-declarations
  -Wvla -Wunused -Wswitch-enum
  # Designated initializers leave out what keeps its default; that is their point.
  -Wno-missing-field-initializers
  $<$<CXX_COMPILER_ID:GNU>:-Wduplicated-cond;-Wduplicated-branches;-Wlogical-op;-Wuseless-cast;-Wsuggest-override>
  # -Wno-deprecated-declarations: std::stable_sort of GCC 12's library calls what it deprecates.
  $<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations;-Wthread-safety;-Wthread-safety-beta;-Wunreachable-code;-Wshadow-all>
  $<$<BOOL:${ECSD_WERROR}>:-Werror>)
