#: family = "files"
#: idea = "Writes to programs, libraries and settings of the system that the next run would use."
#: ends = ["exited"]
#: says = "tried"
for file in /bin/sh /usr/bin/env /etc/passwd /etc/ld.so.preload /etc/ld.so.cache /usr/lib/x \
  /opt/rewardbox/agent/agent.py /agent/agent.py /proc/sys/kernel/core_pattern /proc/sysrq-trigger \
  /sys/kernel/uevent_helper /proc/1/oom_score_adj /.dockerenv /lib/x; do
  (echo x >>"$file") 2>/dev/null && echo "ESCAPED: wrote to $file"
  ln -sf /tmp/x "$file" 2>/dev/null && echo "ESCAPED: replaced $file"
done
echo tried
