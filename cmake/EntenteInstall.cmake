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
        DESTINATION ${package_folder})

if(TARGET entente_program)
  install(TARGETS entente_program RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()

# A project that has Entente as a part has its own uninstall, or none.
if(PROJECT_IS_TOP_LEVEL)
  add_custom_target(uninstall
    COMMAND ${CMAKE_COMMAND} -DMANIFEST=${PROJECT_BINARY_DIR}/install_manifest.txt
            -P ${CMAKE_CURRENT_LIST_DIR}/EntenteUninstall.cmake
    COMMENT "" VERBATIM)
endif()
