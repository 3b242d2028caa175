//: family = "privileges"
//: idea = "Takes back what it can: no_new_privs, the filter, the bounding set, its dumpable flag."
//: ends = ["exited"]
//: says = "tried"
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void) {
    if (prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0) == 0) puts("ESCAPED: new privileges");
    if (prctl(PR_SET_SECCOMP, 0, 0, 0, 0) == 0) puts("ESCAPED: no filter");
    if (prctl(PR_SET_SECUREBITS, 0x2f, 0, 0, 0) == 0) puts("ESCAPED: secure bits");
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, 21, 0, 0) == 0) puts("ESCAPED: a capability");
    if (prctl(PR_SET_MM, PR_SET_MM_EXE_FILE, 0, 0, 0) == 0) puts("ESCAPED: another executable");
    if (setuid(0) == 0 && getuid() == 0) puts("ESCAPED: root");
    if (syscall(SYS_setfsuid, 0) == 0) puts("ESCAPED: root's files");
    prctl(PR_SET_PTRACER, -1L, 0, 0, 0);
    personality(ADDR_NO_RANDOMIZE | READ_IMPLIES_EXEC);
    puts("tried");
}
