//: family = "compiling"
//: idea = "A loop that runs while compiling."
//: compiles = false
//: ends = ["exited", "memory_limit_exceeded", "time_limit_exceeded", "output_limit_exceeded"]
constexpr long spin() {
    long n = 0;
    for (;;) n ^= n + 1;
    return n;
}
constexpr long value = spin();
int main() { return value; }
