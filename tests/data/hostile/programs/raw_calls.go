//: family = "calls"
//: idea = "Traces its parent by a raw system call."
//: ends = ["violation"]
//: ends_in_gvisor = ["time_limit_exceeded"] # of whose threads it stops only the one that calls
//: limits = { cpu_s = 3, wall_s = 10 }
package main

import (
	"fmt"
	"os"
	"syscall"
)

func main() {
	const attach = 16
	_, _, code := syscall.RawSyscall(syscall.SYS_PTRACE, attach, uintptr(os.Getppid()), 0)
	fmt.Println("ESCAPED:", code)
}
