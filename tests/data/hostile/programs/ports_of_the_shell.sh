#: family = "network"
#: idea = "Connects through the shell's own /dev/tcp and /dev/udp."
#: ends = ["exited"]
#: says = "refused 3"
refused=0
for way in /dev/tcp/127.0.0.1/22 /dev/tcp/169.254.169.254/80 /dev/udp/127.0.0.1/53; do
  (exec 3<>"$way") 2>/dev/null && echo "ESCAPED: $way" || refused=$((refused + 1))
done
echo "refused $refused"
