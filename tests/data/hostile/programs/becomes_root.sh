#: family = "privileges"
#: idea = "The commands that change who or where one is."
#: ends = ["exited"]
#: says = "tried"
for way in "su -c id" "sudo -n id" "setpriv --reuid=0 id" "newgrp root" "passwd -d root"; do
  $way </dev/null 2>/dev/null | grep -q 'uid=0' && echo "ESCAPED: $way"
done
chmod u+s main.sh 2>/dev/null
cp /bin/sh ./sh && chmod 6755 ./sh && ./sh -p -c 'test "$(id -u)" = 0' && echo "ESCAPED: set-uid"
echo tried
