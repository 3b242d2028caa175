#: family = "calls"
#: idea = "The commands that make or enter namespaces and roots: the filter ends the command, not us."
#: ends = ["exited"]
#: says = "tried"
for way in "unshare -Ur true" "unshare -m true" "nsenter -t 1 -a true" "chroot / true" \
  "mount -t tmpfs x /tmp" "umount /proc" "pivot_root . ."; do
  $way 2>/dev/null && echo "ESCAPED: $way"
done
echo tried
