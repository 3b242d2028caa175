//: family = "files"
//: idea = "Replaces the compiler's artefact, so that the next run of the same program is another."
//: ends = ["exited"]
//: again = true
//: says = "original"
#include <cstdio>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

int main() {
    std::puts("original");
    unlink("main");
    std::ofstream("main") << "#!/bin/sh\necho ESCAPED\n";
    chmod("main", 0755);
}
