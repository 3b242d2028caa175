//: family = "processes"
//: idea = "Every process forks and ends: the process that one would kill is always gone already."
//: ends = ["exited"]
#include <unistd.h>

int main() {
    if (fork() != 0) return 0;
    for (;;)
        if (fork() != 0) _exit(0);
}
