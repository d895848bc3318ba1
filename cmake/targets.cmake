# ecsd_library(NAME source...): one static library per directory, target `ecsd_NAME`, headers relative
# to src/. ecsd_test(NAME source...): one GoogleTest binary per library, its cases known to ctest.
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
endfunction()

function(ecsd_test name)
  add_executable(${name} ${ARGN})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_compile_definitions(${name} PRIVATE ECSD_TEST_DATA="${PROJECT_SOURCE_DIR}/tests/data")
  target_link_libraries(${name} PRIVATE GTest::gmock_main)
  ecsd_common(${name})
  gtest_discover_tests(${name} TEST_PREFIX "${name}." DISCOVERY_TIMEOUT 60 PROPERTIES LABELS unit)
endfunction()
