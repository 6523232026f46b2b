# SPDX-License-Identifier: MIT
# What `cmake --install` puts where: library, public headers, program, man pages, bash completion, and the package
# that find_package(Entente) finds; and the target `uninstall`, which takes back what the last install wrote.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/Entente)

install(TARGETS entente_library EXPORT EntenteTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/entente DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.hpp")
install(FILES ${PROJECT_SOURCE_DIR}/LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

install(EXPORT EntenteTargets NAMESPACE Entente:: DESTINATION ${package_folder})
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/EntenteConfig.cmake.in
                              ${PROJECT_BINARY_DIR}/generated/EntenteConfig.cmake INSTALL_DESTINATION ${package_folder})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/generated/EntenteConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/generated/EntenteConfig.cmake ${PROJECT_BINARY_DIR}/generated/EntenteConfigVersion.cmake
              ${PROJECT_SOURCE_DIR}/cmake/EntentePlugin.cmake
        DESTINATION ${package_folder})

# The program writes its manual pages and completion itself, from the table of its options.
if(TARGET entente_program)
  install(TARGETS entente_program RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
  set(manual ${PROJECT_BINARY_DIR}/manual)
  add_custom_command(OUTPUT ${manual}/completion
    COMMAND ${CMAKE_COMMAND} -E rm -rf ${manual}
    COMMAND entente_program --generate-man ${manual}/pages
    COMMAND entente_program --generate-completion > ${manual}/completion
    DEPENDS entente_program COMMENT "Writing manual pages and completion" VERBATIM)
  add_custom_target(entente_manual ALL DEPENDS ${manual}/completion)
  install(DIRECTORY ${manual}/pages/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 FILES_MATCHING PATTERN "*.1")
  install(FILES ${manual}/completion DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME entente)
endif()

# A project that has Entente as a part has its own uninstall, or none.
if(PROJECT_IS_TOP_LEVEL)
  add_custom_target(uninstall
    COMMAND ${CMAKE_COMMAND} -DMANIFEST=${PROJECT_BINARY_DIR}/install_manifest.txt
            -P ${CMAKE_CURRENT_LIST_DIR}/EntenteUninstall.cmake
    COMMENT "" VERBATIM)
endif()
