# What `cmake --install` puts where; one component, `program`. The simulator is a tool of the source tree
# and is not installed.
include(GNUInstallDirs)
install(TARGETS prometheus-ecs-discovery
  RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT program)
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/README.md
  ${PROJECT_SOURCE_DIR}/CHANGELOG.md
  DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT program)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs ${PROJECT_SOURCE_DIR}/deploy
  DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT program)
