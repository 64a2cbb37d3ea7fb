# The tests of CTest that run, or that may hold what is wanted, a line each: number, + or ?, how its program is called,
# the program. Reads the selection (see testdock_ctest.sh), the names of tests that CTest judges by what they print, and
# what `ctest -N -V` printed.
function judge(key) {
    if (key in wanted) yes = 1
    if (key in unwanted) no = 1
    for (start in starts) if (start == "" || index(key, start) == 1) yes = 1
}
# A test of GoogleTest: Instance/Suite/0.Name/0, whose case is all but suite and name.
function judge_parts(full,    suites, names, count, more, at, other, rest, key) {
    at = index(full, ".")
    count = split(substr(full, 1, at - 1), suites, "/")
    more = split(substr(full, at + 1), names, "/")
    for (at = 1; at <= count; at++) {
        rest = ""
        for (other = 1; other <= count; other++) if (other != at) rest = rest "/" suites[other]
        for (other = 2; other <= more; other++) rest = rest "/" names[other]
        key = suites[at] "." names[1]
        judge(key)
        if (rest != "") judge(key "[" substr(rest, 2) "]")
    }
}
# bare: no arguments of its own; case: the name of a test; words: others; fixed: none may be added.
function calling(words,    first) {
    if (words == "") return "bare"
    if (name in judged || words ~ /"(-r|-o|-l|-h|-\?|--rep|--out|--list|--help)/) return "fixed"
    first = substr(words, 2)
    return first ~ /^[[~-]/ && first !~ /^(-tc|--test-case)=/ ? "words" : "case"
}
FILENAME == ARGV[1] {
    key = substr($0, 2)
    if (/^=/) only = 1
    if (/^\+/) wanted[key]
    if (/^-/) unwanted[key]
    if (/^\^/) starts[key]
    next
}
FILENAME == ARGV[2] {
    judged[$0]
    next
}
/^[0-9]+: Test command: / {
    command = substr($0, index($0, "Test command: ") + 14)
    next
}
/^  Test +#[0-9]+: / {
    number = $0; sub(/^[^#]*#/, "", number); sub(/:.*/, "", number)
    name = $0; sub(/^[^:]*: /, "", name); sub(/ \(Disabled\)$/, "", name)
    yes = no = 0
    at = index(command, " \"")
    program = at ? substr(command, 1, at - 1) : command
    words = at ? substr(command, at + 1) : ""
    command = ""
    called = calling(words)
    if (match(words, /"--gtest_filter=[^"*?:-]+"/)) {
        judge_parts(substr(words, RSTART + 16, RLENGTH - 17))
        if (!yes && only) next
        called = "fixed"
    } else {
        judge(name)
        first = substr(words, 2)
        if (at = index(first, "\" \"")) first = substr(first, 1, at - 1)
        sub(/"$/, "", first); sub(/^--test-case=/, "", first)
        gsub(/\\,/, ",", first); gsub(/\\\[/, "[", first); gsub(/\\\]/, "]", first)
        gsub(/\\\\/, "\\", first)
        if (first != "") judge(first)
    }
    if (no) next
    if (name in judged) called = "fixed"
    print number "\t" (yes || !only ? "+" : "?") "\t" called "\t" program
}
