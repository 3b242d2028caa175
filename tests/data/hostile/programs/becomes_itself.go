//: family = "time"
//: idea = "Replaces itself by itself for ever, with a process that lives on each time."
//: ends = ["time_limit_exceeded", "violation", "exited"]
package main

import (
	"os"
	"os/exec"
	"syscall"
)

func main() {
	child := exec.Command("sleep", "600")
	child.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	_ = child.Start()
	_ = syscall.Exec("/proc/self/exe", os.Args, os.Environ())
}
