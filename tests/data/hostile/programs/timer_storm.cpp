//: family = "time"
//: idea = "Timers that fire as often as the kernel lets them."
//: ends = ["time_limit_exceeded"]
#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

int main() {
    signal(SIGALRM, [](int) {});
    itimerval often{{0, 1}, {0, 1}};
    setitimer(ITIMER_REAL, &often, nullptr);
    for (;;) pause();
}
