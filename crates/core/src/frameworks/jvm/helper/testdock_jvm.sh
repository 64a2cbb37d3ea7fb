# Runs Maven or Gradle, and tells what stands in the reports as soon as they are whole:
#   testdock_jvm.sh SCRATCH REPORTS COMMAND …
# `source PATH` is a source file, `report PATH` a report, whose lines follow behind a space, up to `end`.
# What the command itself writes to SCRATCH/live in this form is passed on.
_scratch=$1 _reports=$2
shift 2
# One that is not there leaves it to the next, silently.
command -v "$1" >/dev/null || [ -f "$1" ] || exit 127
# A wrapper that lost its mode on the way here is started all the same.
[ ! -f "$1" ] || [ -x "$1" ] || set -- sh "$@"
case $TESTDOCK_EVENTS_FD in
'') exec 3>/dev/null ;;
3) ;;
*) eval "exec 3>&$TESTDOCK_EVENTS_FD" ;;
esac
unset TESTDOCK_EVENTS_FD

_told=$_scratch/told
rm -rf "$_told" "$_scratch/code"
mkdir -p "$_told"
: >"$_scratch/begin"
: >"$_scratch/live"
exec 4<"$_scratch/live"

# A file of the same name may be written again, by another round of tests.
sweep() {
    while IFS= read -r _line <&4; do
        printf '%s\n' "$_line" >&3
    done
    find . -type f -path "$_reports" -newer "$_scratch/begin" 2>/dev/null | while IFS= read -r _file; do
        _copy=$_told/$(printf %s "$_file" | tr / :)
        cmp -s "$_file" "$_copy" && continue
        tail -c 64 "$_file" | grep -q '</testsuite>' || continue
        cp "$_file" "$_copy"
        { printf 'report %s\n' "$_file"; sed 's/^/ /' "$_copy"; printf '\nend\n'; } >&3
    done
}

find . -type f \( -name '*.java' -o -name '*.kt' \) ! -path '*/target/*' 2>/dev/null | sed 's/^/source /' >&3
{
    "$@" 3>&- 4<&-
    echo $? >"$_scratch/code"
} &
while [ ! -s "$_scratch/code" ]; do
    sleep 0.1 2>/dev/null || sleep 1
    sweep
done
sweep
read -r _code <"$_scratch/code"
exit "$_code"
