//: family = "files"
//: idea = "Reserves space in files without writing any, in every place it can write to."
//: ends = ["exited", "output_limit_exceeded"]
//: limits = { cpu_s = 3, wall_s = 10 }
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int main(void) {
    const char *places[] = {"./large", "/tmp/large", "/dev/shm/large"};
    for (int n = 0; n < 3; n++) {
        int file = open(places[n], O_CREAT | O_RDWR, 0600);
        if (fallocate(file, 0, 0, (off_t)8 << 30) == 0) puts("ESCAPED: has 8 GiB on disk");
    }
}
