#: family = "peeking"
#: idea = "Reads what it can of those who started it."
#: ends = ["exited"]
#: says = "tried"
#: limits = { cpu_s = 5, wall_s = 15 }
for pid in 1 $PPID /proc/[0-9]*; do
  for what in environ mem auxv maps io; do
    head -c 4096 "/proc/${pid#/proc/}/$what" 2>/dev/null | grep -aqi 'rewardbox_\|api_key\|secret' &&
      echo "ESCAPED: $pid/$what"
  done
done
env | grep -qi 'rewardbox\|docker\|key' && echo "ESCAPED: environment"
echo tried
