//: family = "compiling"
//: idea = "Asks the compiler, in the source, to load or run something of the submission's."
//: compiles = false
//: ends = ["exited"]
//: says = "wrapper"
#pragma GCC optimize("plugin=/tmp/evil")
#pragma GCC target("wrapper=/bin/sh")
#include <cstdio>
int main() { std::puts("nothing happened"); }
