//: family = "signals"
//: idea = "Sends signals through pidfds, to all that it can see, and looks for others' descriptors."
//: ends = ["exited"]
//: says = "tried"
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void) {
    for (int pid = 1; pid < 5000; pid++) {
        if (pid == getpid()) continue;
        int handle = syscall(SYS_pidfd_open, pid, 0);
        if (handle < 0) continue;
        for (int fd = 0; fd < 16; fd++)
            if (syscall(SYS_pidfd_getfd, handle, fd, 0) >= 0) puts("ESCAPED: took a descriptor");
        syscall(SYS_pidfd_send_signal, handle, SIGKILL, NULL, 0);
        close(handle);
    }
    puts("tried");
}
