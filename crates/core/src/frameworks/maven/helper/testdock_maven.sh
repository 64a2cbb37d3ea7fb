# Runs Maven, and tells what stands in its reports as soon as they are whole:
#   testdock_maven.sh SCRATCH COMMAND …
# `source PATH` is a source file, `report PATH` a report, whose lines follow behind a space, up to `end`.
scratch=$1
shift
# One that is not there leaves it to the next, silently.
command -v "$1" >/dev/null || exit 127
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

# A file of the same name may be written again, by another round of tests.
sweep() {
    find . -type f -path '*-reports/TEST-*.xml' -newer "$scratch/begin" 2>/dev/null | while IFS= read -r file; do
        copy=$told/$(printf %s "$file" | tr / :)
        cmp -s "$file" "$copy" && continue
        tail -c 64 "$file" | grep -q '</testsuite>' || continue
        cp "$file" "$copy"
        { printf 'report %s\n' "$file"; sed 's/^/ /' "$copy"; printf '\nend\n'; } >&3
    done
}

find . -type f \( -name '*.java' -o -name '*.kt' \) ! -path '*/target/*' 2>/dev/null | sed 's/^/source /' >&3
{
    "$@" 3>&-
    echo $? >"$scratch/code"
} &
while [ ! -s "$scratch/code" ]; do
    sleep 0.1 2>/dev/null || sleep 1
    sweep
done
sweep
read -r code <"$scratch/code"
exit "$code"
