#: family = "calls"
#: idea = "System calls that no honest program makes: each ends the run at once."
#: cases = ["ptrace", "process_vm_readv", "process_vm_writev", "mount", "umount2", "pivot_root", "chroot", "unshare", "bpf", "init_module", "finit_module", "kexec_load", "reboot", "swapon", "acct", "settimeofday", "clock_settime", "sethostname", "setdomainname", "open_by_handle_at", "open_tree", "move_mount", "fsopen", "fsmount", "mount_setattr"]
#: ends = ["violation"]
import ctypes
import platform
import sys

NUMBERS = {
    "x86_64": dict(ptrace=101, process_vm_readv=310, process_vm_writev=311, mount=165, umount2=166,
        pivot_root=155, chroot=161, unshare=272, bpf=321, init_module=175,
        finit_module=313, kexec_load=246, reboot=169, swapon=167, acct=163, settimeofday=164,
        clock_settime=227, sethostname=170, setdomainname=171, open_by_handle_at=304),
    "aarch64": dict(ptrace=117, process_vm_readv=270, process_vm_writev=271, mount=40, umount2=39,
        pivot_root=41, chroot=51, unshare=97, bpf=280, init_module=105,
        finit_module=273, kexec_load=104, reboot=142, swapon=224, acct=89, settimeofday=170,
        clock_settime=112, sethostname=161, setdomainname=162, open_by_handle_at=265),
}[platform.machine()] | dict(open_tree=428, move_mount=429, fsopen=430, fsmount=432, mount_setattr=442)

result = ctypes.CDLL(None, use_errno=True).syscall(NUMBERS[sys.argv[1]], 0, 0, 0, 0, 0, 0)
print(f"ESCAPED: {sys.argv[1]} gave {result}")
