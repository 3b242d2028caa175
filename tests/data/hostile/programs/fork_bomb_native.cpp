//: family = "processes"
//: idea = "The same without an interpreter to slow it down."
//: ends = ["time_limit_exceeded", "violation"]
#include <unistd.h>

int main() {
    for (;;) fork();
}
