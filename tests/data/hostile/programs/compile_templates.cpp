//: family = "compiling"
//: idea = "A template with a billion arguments."
//: compiles = false
//: ends = ["exited", "memory_limit_exceeded", "time_limit_exceeded", "output_limit_exceeded"]
#include <utility>

template <int... numbers> int sum(std::integer_sequence<int, numbers...>) {
    return (numbers + ... + 0);
}
int main() { return sum(std::make_integer_sequence<int, 1000000000>{}); }
