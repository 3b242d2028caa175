//: family = "signals"
//: idea = "Kills or stops all it may but itself, from several threads and without a pause, so that nothing with its uid lives long enough to kill it."
//: cases = ["kill", "stop"]
//: ends = ["time_limit_exceeded"]
//: limits = { cpu_s = 0.5, wall_s = 2 }
#include <cstring>
#include <signal.h>
#include <thread>
#include <unistd.h>

int main(int, char** argv) {
    int number = std::strcmp(argv[1], "kill") == 0 ? SIGKILL : SIGSTOP;
    auto rage = [number] { for (;;) kill(-1, number); };
    for (int i = 0; i < 3; i++) std::thread(rage).detach();
    rage();
}
