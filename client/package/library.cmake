# libtenon as it is installed: shared and static, each with compat/ and base/ inside and nothing of them to be seen.
# Not under sanitizers, whose runtime a library must not carry.
if(TENON_SANITIZE OR TENON_FUZZ)
	return()
endif()

add_library(libtenon SHARED $<TARGET_OBJECTS:tenon_client>)
target_link_libraries(libtenon PRIVATE tenon_client)
target_link_options(libtenon PRIVATE
	-Wl,--version-script=${CMAKE_SOURCE_DIR}/client/package/libtenon.map -Wl,--exclude-libs,ALL -Wl,-z,defs -Wl,-z,relro,-z,now)
set_target_properties(libtenon PROPERTIES
	OUTPUT_NAME tenon
	EXPORT_NAME tenon
	LINKER_LANGUAGE C
	VERSION ${PROJECT_VERSION}
	SOVERSION 0
	LINK_DEPENDS ${CMAKE_SOURCE_DIR}/client/package/libtenon.map
	LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib
	PUBLIC_HEADER ${CMAKE_SOURCE_DIR}/client/include/tenon.h)
target_include_directories(libtenon INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)

# The archive holds one object: all of ours linked together, with the names that only we know made local.
set(archive ${CMAKE_BINARY_DIR}/lib/libtenon.a)
set(together ${CMAKE_BINARY_DIR}/lib/libtenon.o)
set(link_flags "")
if(CMAKE_INTERPROCEDURAL_OPTIMIZATION)
	separate_arguments(link_flags UNIX_COMMAND "-flto=auto -flinker-output=nolto-rel -O2 -fPIC")
endif()
add_custom_command(OUTPUT ${archive}
	COMMAND ${CMAKE_C_COMPILER} -r -nostdlib ${link_flags} -o ${together} $<TARGET_OBJECTS:tenon_client>
		-Wl,--start-group $<TARGET_FILE:tenon_compat> $<TARGET_FILE:tenon_compat_avro> $<TARGET_FILE:tenon_compat_jsonschema>
		$<TARGET_FILE:tenon_compat_protobuf> $<TARGET_FILE:tenon_base> -Wl,--end-group
	COMMAND ${CMAKE_OBJCOPY} --wildcard --keep-global-symbol=tenon_* ${together}
	COMMAND ${CMAKE_COMMAND} -E rm -f ${archive}
	COMMAND ${CMAKE_AR} rcs ${archive} ${together}
	DEPENDS tenon_client tenon_compat tenon_compat_avro tenon_compat_jsonschema tenon_compat_protobuf tenon_base
		$<TARGET_OBJECTS:tenon_client>
	COMMAND_EXPAND_LISTS VERBATIM)
add_custom_target(libtenon_static ALL DEPENDS ${archive})

# Relative to where the files lie, so that an installed tree can be moved.
include(CMakePackageConfigHelpers)
set(PC_MORE "avro-c jansson")
set(PC_LIBDIR "\${prefix}/${CMAKE_INSTALL_LIBDIR}")
set(PC_INCLUDEDIR "\${prefix}/${CMAKE_INSTALL_INCLUDEDIR}")
string(REGEX REPLACE "[^/]+" ".." up "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
set(PC_PREFIX "\${pcfiledir}/${up}")
if(IS_ABSOLUTE "${CMAKE_INSTALL_LIBDIR}" OR IS_ABSOLUTE "${CMAKE_INSTALL_INCLUDEDIR}")
	set(PC_PREFIX "${CMAKE_INSTALL_PREFIX}")
	set(PC_LIBDIR "${CMAKE_INSTALL_FULL_LIBDIR}")
	set(PC_INCLUDEDIR "${CMAKE_INSTALL_FULL_INCLUDEDIR}")
endif()
configure_file(client/package/tenon.pc.in generated/tenon.pc @ONLY)
set(package ${CMAKE_INSTALL_LIBDIR}/cmake/tenon)
configure_package_config_file(client/package/tenonConfig.cmake.in generated/tenonConfig.cmake
	INSTALL_DESTINATION ${package} PATH_VARS CMAKE_INSTALL_LIBDIR CMAKE_INSTALL_INCLUDEDIR)
write_basic_package_version_file(${CMAKE_BINARY_DIR}/generated/tenonConfigVersion.cmake COMPATIBILITY SameMinorVersion)

install(TARGETS libtenon EXPORT tenonTargets
	LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT library
	PUBLIC_HEADER DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT library)
install(FILES ${archive} DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT library)
install(FILES ${CMAKE_BINARY_DIR}/generated/tenon.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT library)
install(EXPORT tenonTargets NAMESPACE tenon:: DESTINATION ${package} COMPONENT library)
install(FILES ${CMAKE_BINARY_DIR}/generated/tenonConfig.cmake ${CMAKE_BINARY_DIR}/generated/tenonConfigVersion.cmake
	DESTINATION ${package} COMPONENT library)
install(FILES client/package/libtenon.3 DESTINATION ${CMAKE_INSTALL_MANDIR}/man3 COMPONENT library)
