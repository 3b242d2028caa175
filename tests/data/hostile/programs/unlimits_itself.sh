#: family = "time"
#: idea = "Lifts the limits of its shell, and runs on in children with limits of their own."
#: ends = ["time_limit_exceeded"]
for what in t v f u n c; do ulimit -S$what unlimited 2>/dev/null; ulimit -H$what unlimited 2>/dev/null; done
(while :; do :; done) & (while :; do :; done) &
wait
