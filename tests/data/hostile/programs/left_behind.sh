#: family = "processes"
#: idea = "Leaves what a shell can leave: jobs without a terminal, a co-process, a file to be read at start."
#: ends = ["exited"]
#: again = true
test -e ~/.bashrc -o -e ~/.profile -o -e /tmp/marker && echo "ESCAPED: saw an earlier run"
echo 'echo "ESCAPED: started with somebody else'\''s file"' | tee ~/.bashrc ~/.profile ~/.bash_env /tmp/marker >/dev/null
nohup setsid sleep 600 >/dev/null 2>&1 &
coproc sleep 600
(trap '' HUP TERM; exec -a '[kworker/0:0]' sleep 600) &
disown -a
exit 0
