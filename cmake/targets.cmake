# ecsd_library(NAME source...): one static library per directory, target `ecsd_NAME`, headers relative
# to src/. ecsd_test(NAME source...): one GoogleTest binary per library, its cases known to ctest.
# ECSD_FAST_BUILD makes the presets that build everything anew for one check three times as fast. Its price:
# names in the unnamed namespaces of a library have to differ (or be those of sources in ecsd_alone),
# and an #include that is missing is not seen, which is what the other presets are for.
# ECSD_FAST_TESTS does it for tests and simulator only.
function(ecsd_one_unit target)
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 0)
  # It takes a source for a header here.
  target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
endfunction()

# ecsd_alone(source...): these name things in an unnamed namespace as others of their target do.
function(ecsd_alone)
  set_source_files_properties(${ARGN} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
endfunction()

# ecsd_unhurried(TARGET): tests and simulator, whose own speed is of no account in a fast build: they are not
# optimised, and know lines but no variables.
function(ecsd_unhurried target)
  if(ECSD_FAST_TESTS)
    ecsd_one_unit(${target})
    target_compile_options(${target} PRIVATE -O0 -g1)
  endif()
endfunction()

function(ecsd_common target)
  target_link_libraries(${target} PRIVATE ecsd_warnings)
  if(ECSD_CLANG_TIDY)
    set_target_properties(${target} PROPERTIES CXX_CLANG_TIDY "clang-tidy-19;--warnings-as-errors=*")
  endif()
endfunction()

function(ecsd_library name)
  add_library(ecsd_${name} STATIC ${ARGN})
  target_include_directories(ecsd_${name} PUBLIC ${PROJECT_SOURCE_DIR}/src)
  ecsd_common(ecsd_${name})
  if(ECSD_FAST_BUILD)
    ecsd_one_unit(ecsd_${name})
  endif()
endfunction()

function(ecsd_test name)
  add_executable(${name} ${ARGN})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_compile_definitions(${name} PRIVATE ECSD_TEST_DATA="${PROJECT_SOURCE_DIR}/tests/data")
  target_link_libraries(${name} PRIVATE GTest::gmock_main)
  ecsd_common(${name})
  ecsd_unhurried(${name})
  gtest_discover_tests(${name} TEST_PREFIX "${name}." DISCOVERY_TIMEOUT 60 PROPERTIES LABELS unit)
endfunction()
