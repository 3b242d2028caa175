//: family = "compiling"
//: idea = "A few bytes of source for gigabytes of program."
//: compiles = false
//: ends = ["exited", "memory_limit_exceeded", "time_limit_exceeded", "output_limit_exceeded"]
static char huge[8ull << 30] = {1};
int main(int argc, char**) { return huge[argc]; }
