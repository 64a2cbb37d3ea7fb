# Starts cargo, and what cargo built:
#   testdock_cargo.sh launch CACHE COMMAND …   with a target directory of the container's own where the image names none
#   testdock_cargo.sh PROGRAM …                as cargo's runner: says which program runs, and has it tell of its tests in JSON
if [ "$1" = launch ]; then
    _cache=$2
    shift 2
    # One that the image brought for this place is a file system of its own; the host's is for the host.
    _own=$(stat -c %d target 2>/dev/null) _here=$(stat -c %d . 2>/dev/null)
    if [ -n "$_cache" ] && [ -z "$CARGO_TARGET_DIR$CARGO_BUILD_TARGET_DIR" ] && [ "${_own:-$_here}" = "$_here" ]; then
        export CARGO_TARGET_DIR="$_cache/target"
    fi
    exec "$@"
fi
_name=${1##*/}
printf '{"reason":"testdock-runs","executable":"%s"}\n' "$1"
case ":$TESTDOCK_BARE:" in
*":${_name%-*}:"*)
    # In one stream what it says stays in order.
    "$1" 2>&1
    _code=$?
    printf '{"reason":"testdock-ran","executable":"%s","code":%s}\n' "$1" "$_code"
    exit "$_code"
    ;;
esac
# The test library tells this only with its experiments on, in any version of Rust.
export RUSTC_BOOTSTRAP=1
exec "$@" -Zunstable-options --format=json --report-time --show-output
