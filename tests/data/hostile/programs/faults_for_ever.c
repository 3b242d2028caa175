//: family = "signals"
//: idea = "Survives its own segmentation faults: the handler returns to the instruction that failed."
//: ends = ["time_limit_exceeded"]
#include <signal.h>

static void again(int number) { (void)number; }

int main(void) {
    signal(SIGSEGV, again);
    return *(volatile int *)0;
}
