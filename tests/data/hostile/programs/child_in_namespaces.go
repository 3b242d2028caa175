//: family = "calls"
//: idea = "Starts a child in namespaces in which it would be root."
//: ends = ["violation", "exited"]
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
