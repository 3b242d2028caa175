//: family = "memory"
//: idea = "Locks all its memory, so that nothing of it can be swapped out, and maps more."
//: ends = ["exited", "memory_limit_exceeded"]
//: limits = { cpu_s = 5, wall_s = 20 }
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

int main(void) {
    mlockall(MCL_CURRENT | MCL_FUTURE);
    for (int n = 0; n < 64; n++) {
        char *block = malloc(16 << 20);
        if (block == NULL) return puts("no more"), 0;
        memset(block, 1, 16 << 20);
    }
    puts("ESCAPED: has 1 GiB");
}
