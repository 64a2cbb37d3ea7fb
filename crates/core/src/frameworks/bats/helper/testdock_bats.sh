# Runs files of Bats: testdock_bats.sh BATS OPTION … -- FILE …
# Bats runs nothing at all where it cannot read one of them. Then each that it cannot read is told, and the others run:
#   testdock-unread TAB file TAB a line of what Bats says of it
options=()
while [ "$1" != -- ]; do
    options+=("$1")
    shift
done
shift
said=$(mktemp) || exit
trap 'rm -f "$said"' EXIT
"${options[@]}" "$@" 2>&1 | tee "$said"
code=${PIPESTATUS[0]}
grep -q '^not ok 1 bats-gather-tests' "$said" || exit "$code"
files=()
for file in "$@"; do
    if complaint=$("${options[@]}" --count "$file" 2>&1); then
        files+=("$file")
    else
        while IFS= read -r line; do
            printf 'testdock-unread\t%s\t%s\n' "$file" "$line"
        done <<<"$complaint"
    fi
done
[ "${#files[@]}" = 0 ] || "${options[@]}" "${files[@]}"
exit "$code"
