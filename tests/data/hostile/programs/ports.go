//: family = "network"
//: idea = "Listens, dials and resolves names."
//: ends = ["exited"]
//: says = "tried"
package main

import (
	"fmt"
	"net"
	"time"
)

func main() {
	for _, network := range []string{"tcp", "udp", "tcp6"} {
		if _, err := net.Listen(network, ":0"); err == nil {
			fmt.Println("ESCAPED: listens", network)
		}
		if _, err := net.DialTimeout(network, "127.0.0.1:53", time.Second); err == nil {
			fmt.Println("ESCAPED: dialled", network)
		}
	}
	// Without name servers some releases of Go find no addresses and call that no error.
	if found, _ := net.LookupHost("example.com"); len(found) > 0 {
		fmt.Println("ESCAPED: resolved a name")
	}
	fmt.Println("tried")
}
