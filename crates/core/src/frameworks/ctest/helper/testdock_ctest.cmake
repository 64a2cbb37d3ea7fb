# Stands before a build's tests where CTest reads them from another directory, ${testdock_here}: writes down there which of
# them it judges by what they print (`judged`), and adds what `changes.cmake` has for a test to its arguments. CTest has
# no way to say that from outside.
if(COMMAND cmake_language)
    include("${testdock_here}/changes.cmake" OPTIONAL)

    # Calls a command with the arguments of the function around it as they are, semicolons and all, and more.
    macro(testdock_pass command count)
        set(testdock_code "")
        math(EXPR testdock_last "${count} - 1")
        foreach(testdock_at RANGE ${testdock_last})
            # The line's end is no part of it.
            string(APPEND testdock_code " [======[\n${ARGV${testdock_at}}]======]")
        endforeach()
        foreach(testdock_more ${ARGN})
            string(APPEND testdock_code " [======[\n${testdock_more}]======]")
        endforeach()
        cmake_language(EVAL CODE "${command}(${testdock_code})")
    endmacro()

    # CTest gives tests their numbers in this order.
    function(add_test)
        get_property(number GLOBAL PROPERTY testdock_number)
        math(EXPR number "0${number} + 1")
        set_property(GLOBAL PROPERTY testdock_number "${number}")
        testdock_pass(_add_test ${ARGC} ${testdock_more_${number}})
    endfunction()

    function(set_tests_properties)
        foreach(word ${ARGV})
            if(word STREQUAL "PROPERTIES")
                break()
            endif()
            list(APPEND names "${word}")
        endforeach()
        if("${ARGV}" MATCHES "_REGULAR_EXPRESSION")
            string(REPLACE ";" "\n" names "${names}")
            file(APPEND "${testdock_here}/judged" "${names}\n")
        endif()
        testdock_pass(_set_tests_properties ${ARGC})
    endfunction()
endif()
