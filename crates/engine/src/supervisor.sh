# Runs one command for Testdock, says how it ended, and leaves nothing of it behind.
#
# Descriptors: 0 is the lifeline (a line renews the lease, the end of it cancels the run), 1 carries
# frames, 2 what the command prints. Arguments: the plan (shell text made by supervisor.rs that sets
# the variables and functions used here), pairs of a path and a piece of text to append to it
# ($pieces of them), then for each run of the command ($steps of them) the number of its further
# arguments, and these.
#
# Files of the workspace that the run wrote come back too where the plan's `written` finds them.
#
# It must run in dash, bash and busybox ash, and fork as little as it can: every fork is on the way
# of each run.

exec 3>&1 4>&2 5<&0 </dev/null >/dev/null 2>&1
eval "$1"
shift

frame() { printf '\n\036%s %s\n' "$cookie" "$*" >&3; }

renew() { [ -z "$lease" ] || echo "$lease" >"$lease_file"; }

# The processes of the run, as a file each below /proc: those whose environment carries the cookie, and
# those whose limits carry the tag, which a process keeps that starts anew without an environment, in a
# session of its own, and without its parent. This shell has both in variables only, and so is not
# among them.
ours() {
  if [ "$seeker" = grep ]; then
    grep -ls -e "$cookie" -e "^Max file locks  *$tag " /proc/[0-9]*/environ /proc/[0-9]*/limits >&6
  else
    for file in /proc/[0-9]*/environ /proc/[0-9]*/limits; do
      while IFS= read -r text || [ -n "$text" ]; do
        case $text in *"$cookie"* | "Max file locks "*" $tag "*) echo "$file" >&6 && break ;; esac
        text=
      done <"$file"
    done
  fi
}

# Some greps end a line at a NUL; then the shell must read for itself, slowly.
seek() { if printf 'a\000b\n' | grep -q b; then seeker=grep; else seeker=shell; fi; }

# Whether only its parent's question how it ended is left of a process.
corpse() {
  IFS= read -r stat <"/proc/$1/stat" || return 0
  case ${stat##*) } in Z*) ;; *) return 1 ;; esac
}

# Sends a signal to each of them and to the group that it leads, also when it leads it no more; says
# in $found whether there were any, in $left whether a group has members, corpses among them. Group
# first: who is left of it could not be found afterwards.
signal() {
  [ "$seeker" ] || seek
  found=
  left=
  for process in $(ours 6>&1 >/dev/null); do
    process=${process#/proc/}
    process=${process%/*}
    # Whatever else may have come in between: 1 would stand for everyone.
    case $process in '' | 1 | *[!0-9]*) continue ;; esac
    ! corpse "$process" || continue
    case " $groups " in *" $process "*) ;; *) groups="$groups $process" ;; esac
    found=yes
  done
  for process in $groups; do
    # Not every shell takes the dashes, nor does every shell do without.
    kill -s "$1" -- "-$process" || kill -s "$1" "-$process" && left=yes
    kill -s "$1" "$process"
  done
}

# Not for ever: somebody could start processes faster than this ends them.
sweep() {
  sweeps=0
  signal KILL
  while [ "$found" ] && [ "$sweeps" -lt 20 ]; do
    sweeps=$((sweeps + 1))
    sleep 0.02 || sleep 1
    signal KILL
  done
}

# The time in hundredths of a second, where it can be had without a fork: on a busy machine a round of
# anything takes longer than it was meant to.
now=0
clock() { IFS='. ' read -r whole part rest </proc/uptime && now=$whole$part; }

# Waits for the end of the lifeline, then kills until the supervisor has noticed. The processes have
# some time to end by themselves, but the whole must be over within a second.
watch() {
  while IFS= read -r beat; do renew; done
  : >"$scratch/.cancelled"
  clock
  patience=$((now + 40))
  signal TERM
  round=0
  while [ "$found$left" ] && [ "$round" -lt 8 ] && sleep 0.05; do
    round=$((round + 1))
    clock
    [ "$now" -lt "$patience" ] || break
    signal 0
  done
  round=0
  while sweep && [ ! -e "$scratch/.ended" ] && [ "$round" -lt 20 ] && kill -s 0 "$$"; do
    round=$((round + 1))
    sleep 0.02 || sleep 1
  done
  [ ! -e "$scratch/.ended" ] || exit
  # The supervisor is gone, or stuck in a pipe that nobody reads.
  kill -s KILL "$$"
  sweep
  rm -rf "$scratch"
}

cancelled() { [ -e "$scratch/.cancelled" ]; }

# How many processes the kernel has killed here for want of memory.
ooms() {
  count=0
  for file in /sys/fs/cgroup/memory.events /sys/fs/cgroup/memory/memory.oom_control; do
    [ -r "$file" ] || continue
    while read -r key value; do
      [ "$key" != oom_kill ] || count=$value
    done <"$file"
    break
  done
}

# In the foreground, since a background job of a shell ignores interrupts. The tag is the one thing that
# every descendant inherits, whatever it does away with: a limit that Linux has ceased to enforce.
launch() {
  (
    ulimit -S -w "$tag" || ulimit -S -x "$tag"
    export TESTDOCK_RUN="$cookies"
    case $live in
      events) exec $session "$@" </dev/null >&4 2>&4 4>&- 5<&- ;;
      stdout) exec $session "$@" </dev/null >&3 2>&4 3>&- 4>&- 5<&- ;;
      *) exec $session "$@" </dev/null >&4 2>&4 3>&- 4>&- 5<&- ;;
    esac
  )
  code=$?
}

# Runs a candidate, the first argument, with as many of those behind the second as that says.
step() {
  words=
  word=0
  while [ "$word" -lt "$2" ]; do
    word=$((word + 1))
    words="$words \"\${$((word + 2))}\""
  done
  eval "run_$1 $words"
}

has_report() {
  for report in $reports; do
    [ ! -s "$scratch/$report" ] || return 0
  done
  return 1
}

# The last frame. Whoever cancelled may rely on it that nothing is left; whoever did not need not
# wait for that.
finish() {
  if cancelled; then
    : >"$scratch/.ended"
    wait "$watcher"
  else
    kill "$watcher"
  fi
  frame "$@"
  sweep
  rm -rf "$scratch"
  exit
}

groups=
seeker=
renew
mkdir -p "$scratch" && : >"$scratch/.began" || { frame unusable "$scratch" && exit; }
# What is written within the same tick of the clock would not be newer.
[ ! "$returns" ] || sleep 0.02 || sleep 1
watch <&5 3>&- 4>&- &
watcher=$!
exec 5<&-

witness || finish blind "$unseen"

if [ ! -d "$helpers" ]; then
  mkdir -p "$helpers.$cookie"
  complete=no
else
  complete=yes
fi
while [ "$pieces" -gt 0 ]; do
  case $1 in
    "$helpers"/*) [ $complete = yes ] || printf %s "$2" >>"$helpers.$cookie/${1##*/}" ;;
    *) printf %s "$2" >>"$1" ;;
  esac
  shift 2
  pieces=$((pieces - 1))
done
# All or nothing: two runs may bring the same helpers at once.
[ $complete = yes ] || mv "$helpers.$cookie" "$helpers"

if [ ! -d "${HOME:-}" ] || [ ! -w "$HOME" ]; then
  for HOME in /tmp/testdock-home "${helpers%/*}/home"; do
    [ ! -d "$HOME" ] && mkdir -p "$HOME"
    [ ! -w "$HOME" ] || break
  done
  export HOME
fi
cd "$cwd" || finish nowhere "$cwd"
# A run within a run belongs to both.
cookies=$cookie${TESTDOCK_RUN:+,$TESTDOCK_RUN}
session=
! command -v setsid || session=setsid

ooms
ooms_before=$count
candidate=0
chosen=
while [ "$candidate" -lt "$candidates" ]; do
  candidate=$((candidate + 1))
  "has_$candidate" || continue
  frame begin "$candidate"
  step "$candidate" "$@"
  # The check costs time, and so is asked only where the result is in doubt.
  if [ "$code" = 0 ] || cancelled || has_report || "check_$candidate"; then
    chosen=$candidate
    break
  fi
done
# One that fails does not keep the others from running.
first=${code:-0}
while [ "$chosen" ] && [ "$steps" -gt 1 ] && ! cancelled; do
  shift "$(($1 + 1))"
  step "$chosen" "$@"
  [ "$first" != 0 ] || first=$code
  steps=$((steps - 1))
done
code=$first
trap '' PIPE

! cancelled || finish exit "$code" 0
[ "$chosen" ] || finish missing
for report in $reports; do
  [ -f "$scratch/$report" ] || continue
  frame report "$report"
  cat "$scratch/$report" >&3
done
[ ! "$returns" ] || written | while IFS= read -r file; do
  # A name with a line's end in it comes as two that mean something else.
  case $file in /*) ;; *) continue ;; esac
  [ -f "$file" ] || continue
  frame report "$file"
  cat "$file" >&3
done
printf '\036%s\n' "$cookie" >&4
ooms
finish exit "$code" $((count - ooms_before))
