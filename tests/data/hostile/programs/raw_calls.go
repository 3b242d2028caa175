//: family = "calls"
//: idea = "Traces its parent by a raw system call."
//: ends = ["violation"]
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
