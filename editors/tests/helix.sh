#!/bin/sh
# Helix in a terminal of tmux; the block of README.md is its languages.toml.
set -u

screen() { tmux capture-pane -p -t helix; }

# Types after leaving whatever was open. Escape needs a moment of its own: else it makes the next key another one.
typed() {
    tmux send-keys -t helix Escape
    sleep 0.3
    tmux send-keys -t helix "$@"
    sleep 0.2
}

# Waits until the screen shows a text, or does not.
until_screen() {
    tries=0
    while [ $tries -lt 600 ]; do
        if screen | grep -q -- "$2"; then there=shows; else there=hides; fi
        [ $there = "$1" ] && return
        tries=$((tries + 1))
        sleep 0.1
    done
    echo "FAIL  Helix never $1 $2"
    screen
    exit 1
}

tmux new-session -d -s helix -x 160 -y 50 "hx tests/test_orders.py"
trap 'tmux kill-server' EXIT
until_screen shows "def test_total_with_tax"

# The server's commands are offered once it has started.
tries=0
until typed ":lsp-workspace-command " && screen | grep -q testdock.runAll; do
    tries=$((tries + 1))
    [ $tries -lt 50 ] || { echo "FAIL  no server starts"; screen; exit 1; }
done
echo "ok    a server starts"

failing="tax is rounded once, at the end$"
typed ":19" Enter
typed ":lsp-workspace-command testdock.runAll" Enter
until_screen shows "$failing"
echo "ok    a command runs all, and the failing line is marked"

sed -i s/77.20/77.22/ tests/test_orders.py
typed ":reload" Enter
typed ":17" Enter
typed "ww"
typed " a"
until_screen shows "Run .*test_total_with_tax"
# The first one is chosen already.
tmux send-keys -t helix Enter
typed ":19" Enter
until_screen hides "$failing"
echo "ok    a code action runs a test that was mended"
