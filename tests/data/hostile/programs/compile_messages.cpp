//: family = "compiling"
//: idea = "A short program with error messages without an end."
//: compiles = false
//: ends = ["exited", "memory_limit_exceeded", "time_limit_exceeded", "output_limit_exceeded"]
#pragma GCC diagnostic warning "-Wall"
#define A(x) x; x; x; x; x; x; x; x; x; x;
#define B(x) A(A(A(A(x))))
int main() { B(undeclared) }
