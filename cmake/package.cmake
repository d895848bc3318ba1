# The Debian package (`make deb`): CPack puts together what install.cmake installs, the files of a service
# and of a package. Equal sources give equal bytes where SOURCE_DATE_EPOCH is set.
if(NOT ECSD_PACKAGE)
  return()
endif()

string(TIMESTAMP ECSD_PACKAGE_DATE "%a, %d %b %Y %H:%M:%S +0000" UTC)
set(files ${PROJECT_SOURCE_DIR}/packaging)
set(made ${CMAKE_BINARY_DIR}/packaging)
configure_file(${files}/deb/changelog.in ${made}/changelog @ONLY)

# compressed(SOURCE NAME): a file of the package, compressed as Debian wants it.
find_program(GZIP gzip REQUIRED)
function(compressed source name)
  add_custom_command(OUTPUT ${made}/${name} DEPENDS ${source}
    COMMAND ${GZIP} -9 --no-name --stdout ${source} > ${made}/${name} VERBATIM)
  set_property(GLOBAL APPEND PROPERTY ecsd_compressed ${made}/${name})
endfunction()
compressed(${files}/${PROJECT_NAME}.1 ${PROJECT_NAME}.1.gz)
compressed(${made}/changelog changelog.Debian.gz)
compressed(${PROJECT_SOURCE_DIR}/CHANGELOG.md changelog.gz)
get_property(all GLOBAL PROPERTY ecsd_compressed)
add_custom_target(package_files ALL DEPENDS ${all})

install(FILES ${files}/${PROJECT_NAME}.service DESTINATION /lib/systemd/system)
install(FILES ${files}/${PROJECT_NAME}.default DESTINATION /etc/default RENAME ${PROJECT_NAME})
install(FILES ${made}/${PROJECT_NAME}.1.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${files}/deb/copyright ${made}/changelog.Debian.gz ${made}/changelog.gz
  DESTINATION ${CMAKE_INSTALL_DOCDIR})

set(CPACK_GENERATOR DEB)
set(CPACK_SET_DESTDIR ON)
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGE_NAME ${PROJECT_NAME})
set(CPACK_PACKAGE_VENDOR "The ${PROJECT_NAME} authors")
set(CPACK_PACKAGE_CONTACT "${ECSD_PACKAGE_MAINTAINER}")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "Prometheus target discovery for Amazon ECS")
set(CPACK_PACKAGE_DESCRIPTION
  "Lists the tasks of Amazon ECS clusters through the AWS APIs, resolves where
each container's metrics port can be reached, in every network mode, and
publishes the targets in a file for file_sd_configs or over HTTP for
http_sd_configs. A failed API call loses no target.")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "adduser, init-system-helpers (>= 1.54~)")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "ca-certificates")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "prometheus")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${files}/deb/postinst ${files}/deb/prerm ${files}/deb/postrm
  ${files}/deb/conffiles)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
if(ECSD_PACKAGE_ARCHITECTURE)
  set(CPACK_DEBIAN_PACKAGE_ARCHITECTURE ${ECSD_PACKAGE_ARCHITECTURE})
endif()
set(CPACK_OUTPUT_FILE_PREFIX ${PROJECT_SOURCE_DIR}/build/packages)
include(CPack)
