//: family = "memory"
//: idea = "Has the kernel fill mappings, so that it needs no time of its own to touch them."
//: ends = ["memory_limit_exceeded"]
//: limits = { cpu_s = 5, wall_s = 20 }
#define _GNU_SOURCE
#include <sys/mman.h>

int main(void) {
    for (;;)
        mmap(0, 16 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
}
