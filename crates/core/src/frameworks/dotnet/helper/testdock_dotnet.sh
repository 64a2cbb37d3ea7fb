# Runs `dotnet test`, and tells what stands in its reports as soon as they are whole:
#   testdock_dotnet.sh RESULTS COMMAND …
# `report NAME` is a report, whose lines follow behind a space, up to `end`.
_results=$1
shift
# One that is not there leaves it to the next, silently.
command -v "$1" >/dev/null || exit 127
case $TESTDOCK_EVENTS_FD in
'') exec 3>/dev/null ;;
3) ;;
*) eval "exec 3>&$TESTDOCK_EVENTS_FD" ;;
esac
unset TESTDOCK_EVENTS_FD

rm -rf "$_results"
mkdir -p "$_results/told"

# sweep END: tells the reports that end so.
sweep() {
    find "$_results" -name '*.trx' ! -path '*/told/*' 2>/dev/null | while IFS= read -r _file; do
        _mark=$_results/told/$(printf %s "$_file" | tr / :)
        [ -e "$_mark" ] && continue
        tail -c 64 "$_file" | grep -q "$1" || continue
        : >"$_mark"
        { printf 'report %s\n' "${_file##*/}"; sed 's/^/ /' "$_file"; printf '\nend\n'; } >&3
    done
}

{
    "$@" 3>&-
    echo $? >"$_results/told/code"
} &
while [ ! -s "$_results/told/code" ]; do
    sleep 0.1 2>/dev/null || sleep 1
    sweep '</TestRun>'
done
sweep ''
read -r _code <"$_results/told/code"
exit "$_code"
