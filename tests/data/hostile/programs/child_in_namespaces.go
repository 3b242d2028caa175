//: family = "calls"
//: idea = "Starts a child in namespaces in which it would be root."
//: ends = ["violation", "exited"]
//: ends_in_gvisor = ["time_limit_exceeded"] # of whose threads it stops only the one that calls
//: limits = { cpu_s = 3, wall_s = 10 }
package main

import (
	"fmt"
	"os/exec"
	"syscall"
)

func main() {
	child := exec.Command("id", "-u")
	child.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: syscall.Getuid(), Size: 1}},
	}
	said, err := child.Output()
	if err == nil {
		fmt.Println("ESCAPED: became", string(said))
	}
}
