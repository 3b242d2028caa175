//: family = "calls"
//: idea = "clone with each flag that makes a namespace, in which it would be root."
//: cases = ["user", "mount", "pid", "net", "ipc", "uts", "cgroup"]
//: ends = ["violation"]
#include <cstdio>
#include <map>
#include <sched.h>
#include <signal.h>
#include <string>
#include <sys/syscall.h>
#include <unistd.h>

int main(int, char** argv) {
    std::map<std::string, unsigned long> flags{
        {"user", CLONE_NEWUSER}, {"mount", CLONE_NEWNS},  {"pid", CLONE_NEWPID},
        {"net", CLONE_NEWNET},   {"ipc", CLONE_NEWIPC},   {"uts", CLONE_NEWUTS},
        {"cgroup", CLONE_NEWCGROUP}};
    long pid = syscall(SYS_clone, flags[argv[1]] | SIGCHLD, 0, 0, 0, 0);
    if (pid == 0) _exit(0);
    std::printf("ESCAPED: %ld\n", pid);
}
