//: family = "processes"
//: idea = "A fork bomb of vfork and exec, in which parents wait and children multiply."
//: ends = ["time_limit_exceeded", "violation", "exited", "signalled"]
#include <unistd.h>

int main(int count, char **arguments) {
    (void)count;
    for (;;)
        if (vfork() == 0) {
            execv("/proc/self/exe", arguments);
            _exit(1);
        }
}
