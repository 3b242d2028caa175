//: family = "calls"
//: idea = "System calls by their 32-bit numbers, which a filter by 64-bit numbers reads as others."
//: cases = ["i386", "x32"]
//: ends = ["violation", "signalled", "exited"]
#include <csignal>
#include <cstdio>
#include <cstring>
#include <unistd.h>

int main(int, char** argv) {
    long result = -1;
#if defined(__x86_64__)
    if (std::strcmp(argv[1], "i386") == 0)
        asm volatile("int $0x80" : "=a"(result) : "a"(20L) : "memory");  // getpid
    else
        result = syscall(0x40000000 | 39);  // getpid
#else
    raise(SIGSYS);
#endif
    if (result == getpid()) std::printf("ESCAPED: %s is heeded\n", argv[1]);
}
