//: family = "compiling"
//: idea = "Includes a file without an end."
//: compiles = false
//: ends = ["exited", "memory_limit_exceeded", "time_limit_exceeded", "output_limit_exceeded"]
//: costs_the_runner.gvisor = "A compiler takes a gigabyte between two looks at it, when the machine is busy."
#include "/dev/zero"
int main() {}
