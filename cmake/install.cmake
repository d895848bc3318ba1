# What `cmake --install` puts where. The simulator is a tool of the source tree and is not installed.
include(GNUInstallDirs)
install(TARGETS prometheus-ecs-discovery RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES ${PROJECT_SOURCE_DIR}/README.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs ${PROJECT_SOURCE_DIR}/deploy
  DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES ${PROJECT_SOURCE_DIR}/packaging/prometheus-ecs-discovery.bash
  DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME prometheus-ecs-discovery)
# A Debian package has these in other forms.
if(NOT ECSD_PACKAGE)
  install(FILES ${PROJECT_SOURCE_DIR}/packaging/prometheus-ecs-discovery.1
    DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
  install(FILES ${PROJECT_SOURCE_DIR}/LICENSE ${PROJECT_SOURCE_DIR}/CHANGELOG.md
    DESTINATION ${CMAKE_INSTALL_DOCDIR})
endif()
