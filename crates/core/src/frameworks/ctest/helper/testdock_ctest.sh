# Configures and builds a CMake project, and has CTest run its tests:
#   testdock_ctest.sh BUILD SCRATCH COMMAND …
# $TESTDOCK_CMAKE_ARGS holds more words for CMake, a line each. Where SCRATCH has a `selection`, only what it names runs: a
# line `=` for nothing else, then one for each test that is wanted (+), unwanted (-) or wanted by the start of its name (^).
build=${TESTDOCK_CMAKE_BUILD_DIR:-$1} scratch=$2
shift 2
# Whoever debugs wants names and lines, and so do we.
[ -n "$CMAKE_BUILD_TYPE" ] || export CMAKE_BUILD_TYPE=Debug
[ -n "$CMAKE_GENERATOR" ] || ! command -v ninja >/dev/null || export CMAKE_GENERATOR=Ninja
[ -n "$CMAKE_BUILD_PARALLEL_LEVEL" ] || export CMAKE_BUILD_PARALLEL_LEVEL="$(nproc 2>/dev/null || echo 2)"
(
    IFS='
'
    set -f
    exec cmake -S . -B "$build" $TESTDOCK_CMAKE_ARGS
) || exit
# What does not build keeps nothing else from running.
case $(sed -n 's/^CMAKE_GENERATOR:INTERNAL=//p' "$build/CMakeCache.txt") in
Ninja*) go_on="-k 0" ;;
*Makefiles) go_on=-k ;;
esac
cmake --build "$build" -- $go_on
built=$?
cd "$build" || exit
if [ "$built" != 0 ]; then
    # What an earlier run built, and what it found in that, must not pass for what does not build now: a dry run names it.
    cmake --build . -- -n | sed -n 's/.*Linking C[XU]* executable \([^" ]*\).*/\1/p' | while read -r program; do
        name=${program##*/}
        find . \( -name "$name" -o -name "$name[[]*]_tests.cmake" -o -name "${name}_tests-*.cmake" \) -type f -exec rm -f {} +
    done
fi
if [ -f "$scratch/selection" ]; then
    "$@" -N -V >"$scratch/list" || exit
    awk '
        function judge(key) {
            if (key in wanted) yes = 1
            if (key in unwanted) no = 1
            for (start in starts) if (start == "" || index(key, start) == 1) yes = 1
        }
        # A test of GoogleTest: Instance/Suite/0.Name/0, whose case is all but suite and name.
        function judge_parts(full,    suites, names, count, more, at, other, rest, key) {
            at = index(full, ".")
            count = split(substr(full, 1, at - 1), suites, "/")
            more = split(substr(full, at + 1), names, "/")
            for (at = 1; at <= count; at++) {
                rest = ""
                for (other = 1; other <= count; other++) if (other != at) rest = rest "/" suites[other]
                for (other = 2; other <= more; other++) rest = rest "/" names[other]
                key = suites[at] "." names[1]
                judge(key)
                if (rest != "") judge(key "[" substr(rest, 2) "]")
            }
        }
        NR == FNR {
            key = substr($0, 2)
            if (/^=/) only = 1
            if (/^\+/) wanted[key]
            if (/^-/) unwanted[key]
            if (/^\^/) starts[key]
            next
        }
        /^[0-9]+: Test command: / {
            command = substr($0, index($0, "Test command: ") + 14)
            next
        }
        /^  Test +#[0-9]+: / {
            number = $0; sub(/^[^#]*#/, "", number); sub(/:.*/, "", number)
            name = $0; sub(/^[^:]*: /, "", name); sub(/ \(Disabled\)$/, "", name)
            yes = no = 0
            at = index(command, " \"")
            program = at ? substr(command, 1, at - 1) : command
            if (match(command, /"--gtest_filter=[^"*?:-]+"/)) {
                judge_parts(substr(command, RSTART + 16, RLENGTH - 17))
                program = ""
            } else {
                judge(name)
                first = at ? substr(command, at + 2) : ""
                if (at = index(first, "\" \"")) first = substr(first, 1, at - 1)
                sub(/"$/, "", first)
                gsub(/\\,/, ",", first); gsub(/\\\[/, "[", first); gsub(/\\\]/, "]", first)
                gsub(/\\\\/, "\\", first)
                if (first != "") judge(first)
            }
            command = ""
            if (no) next
            if (yes || !only) print number
            else if (program != "") print number, program
        }
    ' "$scratch/selection" "$scratch/list" |
        while read -r number program; do
            # A whole program may hold tests of GoogleTest that are wanted: each is a class of that name.
            if [ -z "$program" ] || grep -aqFf "$scratch/classes" "$program" 2>/dev/null; then
                printf '%s\n' "$number"
            fi
        done >"$scratch/numbers"
    [ -s "$scratch/numbers" ] || exit "$built"
    # CTest takes a range first, then numbers.
    first=$(head -n 1 "$scratch/numbers")
    { printf '%s,%s,1' "$first" "$first"; sed 1d "$scratch/numbers" | while read -r number; do printf ',%s' "$number"; done; echo; } >"$scratch/range"
    [ ! -s "$scratch/filter" ] || export GTEST_FILTER="$(cat "$scratch/filter")"
    set -- "$@" -I "$scratch/range"
fi
"$@" -V
code=$?
[ "$code" != 0 ] || code=$built
exit "$code"
