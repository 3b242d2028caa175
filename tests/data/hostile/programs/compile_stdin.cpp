//: family = "compiling"
//: idea = "Includes what the compiler is given on its standard input, or waits for it."
//: compiles = false
//: ends = ["exited"]
#include "/dev/stdin"
int main() { return undeclared; }
