//: family = "privileges"
//: idea = "Takes capabilities back by capset, ambient sets and securebits, and unsets no_new_privs."
//: ends = ["exited"]
//: says = "tried"
#include <cstdio>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int main() {
    __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
    __user_cap_data_struct all[2] = {{~0u, ~0u, ~0u}, {~0u, ~0u, ~0u}};
    if (syscall(SYS_capset, &header, all) == 0) std::puts("ESCAPED: capset");
    for (int capability = 0; capability <= 40; capability++)
        if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability, 0, 0) == 0)
            std::puts("ESCAPED: ambient");
    if (prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0) == 0) std::puts("ESCAPED: new privileges");
    if (prctl(PR_SET_SECUREBITS, 0x2f, 0, 0, 0) == 0) std::puts("ESCAPED: securebits");
    __user_cap_data_struct now[2] = {};
    syscall(SYS_capget, &header, now);
    if (now[0].effective | now[1].effective | now[0].permitted | now[1].permitted)
        std::puts("ESCAPED: has capabilities");
    std::puts("tried");
}
