//: family = "files"
//: idea = "Empty files without an end: no bytes, but a little of the kernel's memory each."
//: cases = [".", "/tmp", "/dev/shm"]
//: ends = ["exited", "time_limit_exceeded"]
//: limits = { cpu_s = 3, wall_s = 15 }
#include <cstdio>
#include <fcntl.h>
#include <string>
#include <unistd.h>

int main(int, char** argv) {
    for (int number = 0; number < 300000; number++) {
        std::string name = std::string(argv[1]) + "/" + std::to_string(number);
        int fd = open(name.c_str(), O_CREAT | O_WRONLY, 0600);
        if (fd < 0) {
            std::printf("no room after %d\n", number);
            return 0;
        }
        close(fd);
    }
    std::puts("ESCAPED: there is no end to it");
}
