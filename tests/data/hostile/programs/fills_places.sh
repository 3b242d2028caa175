#: family = "files"
#: idea = "Fills every place it can write to, by many processes at once."
#: ends = ["exited", "output_limit_exceeded", "time_limit_exceeded", "memory_limit_exceeded", "signalled"]
#: limits = { cpu_s = 3, wall_s = 10 }
for place in . /tmp /dev/shm /var/tmp /dev/mqueue; do
  for n in 1 2 3; do head -c 100M /dev/zero >"$place/filling.$n" 2>/dev/null & done
done
wait
