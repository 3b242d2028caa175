//: family = "signals"
//: idea = "The same by way of tgkill, rt_sigqueueinfo and pidfd_send_signal, over and over."
//: ends = ["exited", "signalled", "time_limit_exceeded"]
#include <initializer_list>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

int main() {
    siginfo_t info{};
    info.si_code = SI_QUEUE;
    for (int round = 0; round < 200; round++)
        for (int pid = 1; pid < 400; pid++) {
            if (pid == getpid()) continue;
            for (int number : {SIGINT, SIGTERM, SIGUSR2, 34, 64}) {
                info.si_signo = number;
                syscall(SYS_tgkill, pid, pid, number);
                syscall(SYS_rt_sigqueueinfo, pid, number, &info);
            }
            long fd = syscall(SYS_pidfd_open, pid, 0);
            if (fd >= 0) {
                syscall(SYS_pidfd_send_signal, fd, SIGINT, nullptr, 0);
                close(fd);
            }
        }
}
