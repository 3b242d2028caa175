//: family = "files"
//: idea = "Takes leases and locks on files of the system, for others to wait for."
//: ends = ["exited"]
//: says = "tried"
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

int main(void) {
    const char *files[] = {"/bin/sh", "/etc/passwd", "/usr/bin/env", "/etc/ld.so.cache"};
    for (int n = 0; n < 4; n++) {
        int file = open(files[n], O_RDONLY);
        if (fcntl(file, F_SETLEASE, F_WRLCK) == 0) puts("ESCAPED: a lease on what others read");
        struct flock whole = {.l_type = F_WRLCK};
        if (fcntl(file, F_SETLK, &whole) == 0) puts("ESCAPED: a lock to write");
    }
    puts("tried");
}
