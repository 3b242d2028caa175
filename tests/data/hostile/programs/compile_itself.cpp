//: family = "compiling"
//: idea = "Includes itself, twice."
//: compiles = false
//: ends = ["exited", "memory_limit_exceeded", "time_limit_exceeded", "output_limit_exceeded"]
#include __FILE__
#include __FILE__
int main() {}
