//: family = "memory"
//: idea = "Recursion without an end."
//: ends = ["memory_limit_exceeded", "signalled"]
int deeper(int n) {
    volatile char room[4096] = {};
    room[n % 4096] = 1;
    return deeper(n + 1) + room[0];
}

int main() { return deeper(0); }
