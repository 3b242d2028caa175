//: family = "processes"
//: idea = "CLONE_PARENT: the new process is no child of the program but of whoever started it, who does not expect it."
//: ends = ["violation"]
#include <cstdio>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

int main() {
    long pid = syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0);
    if (pid == 0)
        for (;;) pause();
    std::printf("ESCAPED: sibling %ld\n", pid);
}
