//: family = "files"
//: idea = "Empty files without an end: no bytes, but a little of the kernel's memory each."
//: cases = [".", "/tmp", "/dev/shm"]
//: ends = ["exited"]
//: limits = { cpu_s = 6, wall_s = 30 }
//: says = "no room"
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
