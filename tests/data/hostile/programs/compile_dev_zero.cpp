//: family = "compiling"
//: idea = "Includes a file without an end."
//: compiles = false
//: ends = ["exited", "memory_limit_exceeded", "time_limit_exceeded", "output_limit_exceeded"]
#include "/dev/zero"
int main() {}
