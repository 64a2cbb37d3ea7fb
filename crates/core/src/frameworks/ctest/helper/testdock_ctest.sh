# Configures and builds a CMake project, and has CTest run its tests:
#   testdock_ctest.sh BUILD SCRATCH COMMAND …
# $TESTDOCK_CMAKE_ARGS holds more words for CMake, a line each. Where SCRATCH has a `selection`, only what it names runs: a
# line `=` for nothing else, then one for each test that is wanted (+), unwanted (-) or wanted by the start of its name (^).
# What programs of one library are told then is in `filter` (GoogleTest), `catch2`, `doctest`; those that may hold what is
# wanted contain a line of `classes` (GoogleTest) or of `titles`.
_helpers=${0%/*} _build=${TESTDOCK_CMAKE_BUILD_DIR:-$1} _scratch=$2
shift 2
exec 2>&1
# Whoever debugs wants names and lines, and so do we.
[ -n "$CMAKE_BUILD_TYPE" ] || export CMAKE_BUILD_TYPE=Debug
[ -n "$CMAKE_GENERATOR" ] || ! command -v ninja >/dev/null || export CMAKE_GENERATOR=Ninja
[ -n "$CMAKE_BUILD_PARALLEL_LEVEL" ] || export CMAKE_BUILD_PARALLEL_LEVEL="$(nproc 2>/dev/null || echo 2)"
(
    IFS='
'
    set -f
    exec cmake -S . -B "$_build" $TESTDOCK_CMAKE_ARGS
) || exit
# What does not build keeps nothing else from running.
_generator=$(sed -n 's/^CMAKE_GENERATOR:INTERNAL=//p' "$_build/CMakeCache.txt")
case $_generator in
Ninja*) _go_on="-k 0" ;;
*Makefiles) _go_on=-k ;;
esac
{
    cmake --build "$_build" -- $_go_on
    echo $? >"$_scratch/built"
} | tee "$_scratch/build"
_built=$(cat "$_scratch/built")
cd "$_build" || exit
_build=$PWD

# What was not built, a line each: how it is called, and where it is. Ninja names it in a dry run. Make does not, as it
# knows nothing of libraries then, but says of each target that it is up to date.
unbuilt() {
    case $_generator in
    Ninja*) cmake --build . -- -n | sed -n 's/.*Linking C[XU]* executable \([^" ]*\).*/\1 \1/p' ;;
    *Makefiles)
        sed -n 's/.*Built target //p' "$_scratch/build" >"$_scratch/targets"
        find . -path '*/CMakeFiles/*.dir/link.txt' | while read -r _link; do
            _target=${_link%.dir/link.txt} _target=${_target##*/}
            grep -Fqx "$_target" "$_scratch/targets" ||
                sed -n "s|.* -o \"\{0,1\}\([^\" ]*\).*|$_target ${_link%/CMakeFiles/*}/\1|p" "$_link"
        done
        ;;
    esac
}
if [ "$_built" != 0 ]; then
    # What an earlier run built, and what it found in that, must not pass for what does not build now. Catch2 puts seven
    # digits of a hash into its names.
    _hash=[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]
    unbuilt | while read -r _name _program; do
        _name=${_name##*/}
        rm -f "$_program"
        find . \( -name "$_name[[]*]_tests.cmake" -o -name "${_name}_tests-*.cmake" -o -name "$_name-${_hash}_tests.cmake" \) \
            -type f -exec rm -f {} +
    done
fi

# Whether a program contains one of these texts. BusyBox's grep sees nothing behind a zero byte.
holds() {
    _file=$1
    shift
    if [ -n "$_reads_all" ]; then
        LC_ALL=C grep -aqF "$@" "$_file" 2>/dev/null
    else
        tr '\000' '\n' 2>/dev/null <"$_file" | LC_ALL=C grep -qF "$@"
    fi
}
_reads_all=
! printf 'no\000yes' | grep -aqF yes 2>/dev/null || _reads_all=yes

# Whose tests a program holds, in one word. It is asked itself, since not all that contains a library is a program of its
# tests; for a short time only, since one may take no arguments and do something else.
library() {
    [ -f "$1" ] && [ -x "$1" ] && command -v timeout >/dev/null || return
    if holds "$1" -e Catch7AutoReg -e 'is a Catch'; then
        case $(timeout 5 "$1" --libidentify </dev/null 2>/dev/null) in
        *"Catch2 test executable"*"Catch2"*"version: "*) echo catch3 ;;
        *"Catch"*" test executable"*"version: "*) echo catch2 ;;
        esac
    elif holds "$1" -e 7doctest -e '[doctest] '; then
        case $(timeout 5 "$1" --dt-version </dev/null 2>/dev/null) in
        *"test cases:"*) ;;
        *'[doctest] doctest version is '*) echo doctest ;;
        esac
    fi
}

# The lines of a file as elements of a list of CMake's.
words() {
    cat "$1" 2>/dev/null | while IFS= read -r _word; do printf ' [======[\n%s]======]' "$_word"; done
}

# What a program is told: to report in XML, and which tests run.
told() {
    case $1:$2 in
    *:fixed | catch*:case) return ;;
    catch*) _reporter='-r xml -d yes' _arguments=$_scratch/catch2 ;;
    doctest*) _reporter='-r=xml -d=true' _arguments=$_scratch/doctest ;;
    *) return ;;
    esac
    # One with arguments of its own chooses by those, and one that is itself wanted runs all of its tests.
    if [ "$2" != bare ] || [ "$3" = yes+ ]; then _arguments=; fi
    # What contains such a text need not have such a test: only a newer Catch2 takes that for a failure.
    if [ "$1:$2:$3" = 'catch3:bare:yes?' ]; then _reporter="$_reporter --allow-running-no-tests"; fi
    printf 'set(testdock_more_%s %s%s)\n' "$4" "$_reporter" "$(words "$_arguments")"
}

_here=$_scratch/ctest
mkdir -p "$_here" Testing
{
    printf 'set(testdock_here [======[\n%s]======])\n' "$_here"
    cat "$_helpers/testdock_ctest.cmake"
    printf 'subdirs([======[\n%s]======])\n' "$_build"
} >"$_here/CTestTestfile.cmake"
for _file in CTestCustom.cmake CTestCustom.ctest Testing; do
    [ ! -e "$_file" ] || ln -s "$_build/$_file" "$_here"
done
# CTest goes where this says.
[ ! -f DartConfiguration.tcl ] || sed "s|^BuildDirectory:.*|BuildDirectory: $_here|" DartConfiguration.tcl >"$_here/DartConfiguration.tcl"
cd "$_here" || exit
if "$@" -N -V >"$_scratch/list" 2>&1; then
    _selection=/dev/null _judged=/dev/null _only=
    [ ! -f "$_scratch/selection" ] || _selection=$_scratch/selection
    [ ! -f judged ] || _judged=judged
    ! grep -q '^=' "$_selection" || _only=yes
    awk -f "$_helpers/testdock_ctest.awk" "$_selection" "$_judged" "$_scratch/list" >"$_scratch/tests"
    cut -f 4 "$_scratch/tests" | sort -u | while IFS= read -r _program; do
        printf '%s\t%s\n' "$(library "$_program")" "$_program"
    done >"$_scratch/libraries"
    _tab=$(printf '\t')
    awk -F '\t' 'NR == FNR { of[$2] = $1; next } { print $1 "\t" $2 "\t" $3 "\t" (of[$4] ? of[$4] : "other") "\t" $4 }' \
        "$_scratch/libraries" "$_scratch/tests" |
        while IFS=$_tab read -r _number _sign _called _library _program; do
            case $_sign:$_library:$_called in
            +:*) ;;
            # A whole program may hold tests that are wanted: each of GoogleTest's is a class of that name.
            *:other:*) holds "$_program" -f "$_scratch/classes" || continue ;;
            *:bare | *:words) holds "$_program" -f "$_scratch/titles" || continue ;;
            *) continue ;;
            esac
            told "$_library" "$_called" "$_only$_sign" "$_number" >>changes.cmake
            printf '%s\n' "$_number"
        done >"$_scratch/numbers"
elif [ -f "$_scratch/selection" ]; then
    cat "$_scratch/list"
    exit 1
fi
# Where nothing is added, all is as if a person had called CTest.
[ -s changes.cmake ] || cd "$_build" || exit
if [ -f "$_scratch/selection" ]; then
    [ -s "$_scratch/numbers" ] || exit "$_built"
    # CTest takes a range first, then numbers.
    _first=$(head -n 1 "$_scratch/numbers")
    { printf '%s,%s,1' "$_first" "$_first"; sed 1d "$_scratch/numbers" | while read -r _number; do printf ',%s' "$_number"; done; echo; } >"$_scratch/range"
    [ ! -s "$_scratch/filter" ] || export GTEST_FILTER="$(cat "$_scratch/filter")"
    set -- "$@" -I "$_scratch/range"
fi
"$@" -V
_code=$?
[ "$_code" != 0 ] || _code=$_built
exit "$_code"
