# Runs files of Bats: testdock_bats.sh BATS OPTION … -- FILE …
# Bats runs nothing at all where it cannot read one of them. Then each that it cannot read is told, and the others run:
#   testdock-unread TAB file TAB a line of what Bats says of it
_options=()
while [ "$1" != -- ]; do
    _options+=("$1")
    shift
done
shift
# The line of the second of two tests of one name: Bats says no more than that there are such.
second() {
    awk '/^[ \t]*@test[ \t]/ { sub(/[ \t]+[{].*/, ""); sub(/^[ \t]+/, ""); if (seen[$0]++) { print NR; exit } }' "$1"
}
_said=$(mktemp) || exit
trap 'rm -f "$_said"' EXIT
"${_options[@]}" "$@" 2>&1 | tee "$_said"
_code=${PIPESTATUS[0]}
grep -qE '^(not ok 1 bats-gather-tests|ERROR: Duplicate test name)' "$_said" || exit "$_code"
# Not everything that Bats says ends its line.
[ -z "$(tail -c 1 "$_said")" ] || echo
_files=()
for _file in "$@"; do
    if _complaint=$("${_options[@]}" --count "$_file" 2>&1); then
        _files+=("$_file")
    else
        while IFS= read -r _line; do
            case $_line in
            "ERROR: Duplicate"*) _line="$_file: line $(second "$_file"): ${_line#ERROR: }" ;;
            esac
            printf 'testdock-unread\t%s\t%s\n' "$_file" "$_line"
        done <<<"$_complaint"
    fi
done
[ "${#_files[@]}" = 0 ] || "${_options[@]}" "${_files[@]}"
exit "$_code"
