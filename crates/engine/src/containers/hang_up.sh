# Tells the processes of a command that nobody waits for them any more: those whose environment carries the mark.
# Arguments: the mark.
exec 2>/dev/null
for file in /proc/[0-9]*/environ; do
  while IFS= read -r text || [ -n "$text" ]; do
    case $text in
      *"$1"*)
        process=${file#/proc/}
        kill -s HUP "${process%/environ}"
        break
        ;;
    esac
    text=
  done <"$file"
done
