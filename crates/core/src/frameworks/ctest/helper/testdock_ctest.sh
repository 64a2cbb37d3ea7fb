# Configures and builds a CMake project, and has CTest run its tests:
#   testdock_ctest.sh BUILD SCRATCH COMMAND …
# $TESTDOCK_CMAKE_ARGS holds more words for CMake, a line each. Where SCRATCH has a `selection`, only what it names runs: a
# line `=` for nothing else, then one for each test that is wanted (+), unwanted (-) or wanted by the start of its name (^).
# What programs of one library are told then is in `filter` (GoogleTest), `catch2`, `doctest`; those that may hold what is
# wanted contain a line of `classes` (GoogleTest) or of `titles`.
helpers=${0%/*} build=${TESTDOCK_CMAKE_BUILD_DIR:-$1} scratch=$2
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
    exec cmake -S . -B "$build" $TESTDOCK_CMAKE_ARGS
) || exit
# What does not build keeps nothing else from running.
generator=$(sed -n 's/^CMAKE_GENERATOR:INTERNAL=//p' "$build/CMakeCache.txt")
case $generator in
Ninja*) go_on="-k 0" ;;
*Makefiles) go_on=-k ;;
esac
{
    cmake --build "$build" -- $go_on
    echo $? >"$scratch/built"
} | tee "$scratch/build"
built=$(cat "$scratch/built")
cd "$build" || exit
build=$PWD

# What was not built, a line each: how it is called, and where it is. Ninja names it in a dry run. Make does not, as it
# knows nothing of libraries then, but says of each target that it is up to date.
unbuilt() {
    case $generator in
    Ninja*) cmake --build . -- -n | sed -n 's/.*Linking C[XU]* executable \([^" ]*\).*/\1 \1/p' ;;
    *Makefiles)
        sed -n 's/.*Built target //p' "$scratch/build" >"$scratch/targets"
        find . -path '*/CMakeFiles/*.dir/link.txt' | while read -r link; do
            target=${link%.dir/link.txt} target=${target##*/}
            grep -Fqx "$target" "$scratch/targets" ||
                sed -n "s|.* -o \"\{0,1\}\([^\" ]*\).*|$target ${link%/CMakeFiles/*}/\1|p" "$link"
        done
        ;;
    esac
}
if [ "$built" != 0 ]; then
    # What an earlier run built, and what it found in that, must not pass for what does not build now. Catch2 puts seven
    # digits of a hash into its names.
    hash=[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]
    unbuilt | while read -r name program; do
        name=${name##*/}
        rm -f "$program"
        find . \( -name "$name[[]*]_tests.cmake" -o -name "${name}_tests-*.cmake" -o -name "$name-${hash}_tests.cmake" \) \
            -type f -exec rm -f {} +
    done
fi

# Whether a program contains one of these texts. BusyBox's grep sees nothing behind a zero byte.
holds() {
    file=$1
    shift
    if [ -n "$reads_all" ]; then
        LC_ALL=C grep -aqF "$@" "$file" 2>/dev/null
    else
        tr '\000' '\n' 2>/dev/null <"$file" | LC_ALL=C grep -qF "$@"
    fi
}
reads_all=
! printf 'no\000yes' | grep -aqF yes 2>/dev/null || reads_all=yes

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
    cat "$1" 2>/dev/null | while IFS= read -r word; do printf ' [======[\n%s]======]' "$word"; done
}

# What a program is told: to report in XML, and which tests run.
told() {
    case $1:$2 in
    *:fixed | catch*:case) return ;;
    catch*) reporter='-r xml -d yes' arguments=$scratch/catch2 ;;
    doctest*) reporter='-r=xml -d=true' arguments=$scratch/doctest ;;
    *) return ;;
    esac
    # One with arguments of its own chooses by those, and one that is itself wanted runs all of its tests.
    if [ "$2" != bare ] || [ "$3" = yes+ ]; then arguments=; fi
    # What contains such a text need not have such a test: only a newer Catch2 takes that for a failure.
    if [ "$1:$2:$3" = 'catch3:bare:yes?' ]; then reporter="$reporter --allow-running-no-tests"; fi
    printf 'set(testdock_more_%s %s%s)\n' "$4" "$reporter" "$(words "$arguments")"
}

here=$scratch/ctest
mkdir -p "$here" Testing
{
    printf 'set(testdock_here [======[\n%s]======])\n' "$here"
    cat "$helpers/testdock_ctest.cmake"
    printf 'subdirs([======[\n%s]======])\n' "$build"
} >"$here/CTestTestfile.cmake"
for file in CTestCustom.cmake CTestCustom.ctest Testing; do
    [ ! -e "$file" ] || ln -s "$build/$file" "$here"
done
# CTest goes where this says.
[ ! -f DartConfiguration.tcl ] || sed "s|^BuildDirectory:.*|BuildDirectory: $here|" DartConfiguration.tcl >"$here/DartConfiguration.tcl"
cd "$here" || exit
if "$@" -N -V >"$scratch/list" 2>&1; then
    selection=/dev/null judged=/dev/null only=
    [ ! -f "$scratch/selection" ] || selection=$scratch/selection
    [ ! -f judged ] || judged=judged
    ! grep -q '^=' "$selection" || only=yes
    awk -f "$helpers/testdock_ctest.awk" "$selection" "$judged" "$scratch/list" >"$scratch/tests"
    cut -f 4 "$scratch/tests" | sort -u | while IFS= read -r program; do
        printf '%s\t%s\n' "$(library "$program")" "$program"
    done >"$scratch/libraries"
    tab=$(printf '\t')
    awk -F '\t' 'NR == FNR { of[$2] = $1; next } { print $1 "\t" $2 "\t" $3 "\t" (of[$4] ? of[$4] : "other") "\t" $4 }' \
        "$scratch/libraries" "$scratch/tests" |
        while IFS=$tab read -r number sign called library program; do
            case $sign:$library:$called in
            +:*) ;;
            # A whole program may hold tests that are wanted: each of GoogleTest's is a class of that name.
            *:other:*) holds "$program" -f "$scratch/classes" || continue ;;
            *:bare | *:words) holds "$program" -f "$scratch/titles" || continue ;;
            *) continue ;;
            esac
            told "$library" "$called" "$only$sign" "$number" >>changes.cmake
            printf '%s\n' "$number"
        done >"$scratch/numbers"
elif [ -f "$scratch/selection" ]; then
    cat "$scratch/list"
    exit 1
fi
# Where nothing is added, all is as if a person had called CTest.
[ -s changes.cmake ] || cd "$build" || exit
if [ -f "$scratch/selection" ]; then
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
