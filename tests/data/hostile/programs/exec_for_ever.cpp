//: family = "processes"
//: idea = "Becomes itself again and again, a new program each time but one process."
//: ends = ["time_limit_exceeded"]
#include <unistd.h>

int main(int, char** argv) { execv("/proc/self/exe", argv); }
