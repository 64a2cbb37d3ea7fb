# Runs files of Bats: testdock_bats.sh BATS OPTION … -- FILE …
# Bats runs nothing at all where it cannot read one of them. Then each that it cannot read is told, and the others run:
#   testdock-unread TAB file TAB a line of what Bats says of it
options=()
while [ "$1" != -- ]; do
    options+=("$1")
    shift
done
shift
# The line of the second of two tests of one name: Bats says no more than that there are such.
second() {
    awk '/^[ \t]*@test[ \t]/ { sub(/[ \t]+[{].*/, ""); sub(/^[ \t]+/, ""); if (seen[$0]++) { print NR; exit } }' "$1"
}
said=$(mktemp) || exit
trap 'rm -f "$said"' EXIT
"${options[@]}" "$@" 2>&1 | tee "$said"
code=${PIPESTATUS[0]}
grep -qE '^(not ok 1 bats-gather-tests|ERROR: Duplicate test name)' "$said" || exit "$code"
# Not everything that Bats says ends its line.
[ -z "$(tail -c 1 "$said")" ] || echo
files=()
for file in "$@"; do
    if complaint=$("${options[@]}" --count "$file" 2>&1); then
        files+=("$file")
    else
        while IFS= read -r line; do
            case $line in
            "ERROR: Duplicate"*) line="$file: line $(second "$file"): ${line#ERROR: }" ;;
            esac
            printf 'testdock-unread\t%s\t%s\n' "$file" "$line"
        done <<<"$complaint"
    fi
done
[ "${#files[@]}" = 0 ] || "${options[@]}" "${files[@]}"
exit "$code"
