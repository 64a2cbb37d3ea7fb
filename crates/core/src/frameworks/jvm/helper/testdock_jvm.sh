# Runs Maven or Gradle, and tells what stands in the reports as soon as they are whole:
#   testdock_jvm.sh SCRATCH REPORTS COMMAND …
# `source PATH` is a source file, `report PATH` a report, whose lines follow behind a space, up to `end`.
# What the command itself writes to SCRATCH/live in this form is passed on.
scratch=$1 reports=$2
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

told=$scratch/told
rm -rf "$told" "$scratch/code"
mkdir -p "$told"
: >"$scratch/begin"
: >"$scratch/live"
exec 4<"$scratch/live"

# A file of the same name may be written again, by another round of tests.
sweep() {
    while IFS= read -r line <&4; do
        printf '%s\n' "$line" >&3
    done
    find . -type f -path "$reports" -newer "$scratch/begin" 2>/dev/null | while IFS= read -r file; do
        copy=$told/$(printf %s "$file" | tr / :)
        cmp -s "$file" "$copy" && continue
        tail -c 64 "$file" | grep -q '</testsuite>' || continue
        cp "$file" "$copy"
        { printf 'report %s\n' "$file"; sed 's/^/ /' "$copy"; printf '\nend\n'; } >&3
    done
}

find . -type f \( -name '*.java' -o -name '*.kt' \) ! -path '*/target/*' 2>/dev/null | sed 's/^/source /' >&3
{
    "$@" 3>&- 4<&-
    echo $? >"$scratch/code"
} &
while [ ! -s "$scratch/code" ]; do
    sleep 0.1 2>/dev/null || sleep 1
    sweep
done
sweep
read -r code <"$scratch/code"
exit "$code"
