//: family = "memory"
//: idea = "Touches memory as fast as the kernel can give it."
//: ends = ["memory_limit_exceeded"]
#include <cstdlib>
#include <cstring>

int main() {
    for (;;) std::memset(std::malloc(1 << 24), 1, 1 << 24);
}
