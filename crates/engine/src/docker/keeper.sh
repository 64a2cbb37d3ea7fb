# The first process of a container that is kept warm. It ends the container when nobody has renewed
# the lease for as long as was asked last, or somebody asks for the end, and collects the processes that
# lost their parent.
# Arguments: the lease file, the seconds to begin with.
trap 'exit 0' TERM INT HUP
left=$2
while [ "$left" -gt 0 ] && [ ! -e "$1.end" ]; do
  echo "$left" >"$1.left"
  sleep 2 &
  wait $!
  left=$((left - 2))
  # Half of a renewal, or none of its text yet, is read next time.
  if [ -s "$1" ] && read -r asked <"$1" && [ "$asked" ]; then
    : >"$1"
    [ "$asked" -le "$left" ] || left=$asked
  fi
done
