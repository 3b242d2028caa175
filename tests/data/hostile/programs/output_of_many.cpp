//: family = "output"
//: idea = "Many processes write at once, and ignore that nobody reads any more."
//: ends = ["output_limit_exceeded"]
#include <signal.h>
#include <unistd.h>

static char text[65536];

int main() {
    signal(SIGPIPE, SIG_IGN);
    for (int i = 0; i < 4; i++) fork();
    for (;;) (void)!write(1 + getpid() % 2, text, sizeof text);
}
