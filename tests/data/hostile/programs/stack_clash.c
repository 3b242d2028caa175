//: family = "memory"
//: idea = "Jumps over the guard page with one huge array on the stack."
//: ends = ["signalled", "memory_limit_exceeded"]
#include <stddef.h>

static int jump(volatile size_t bytes) {
    volatile char block[bytes];
    block[0] = 1;
    return block[0];
}

int main(void) { return jump((size_t)1 << 46); }
