//: family = "memory"
//: idea = "Turns off the collector and the limit that it heeds, and fills memory."
//: ends = ["memory_limit_exceeded"]
//: limits = { cpu_s = 5, wall_s = 20 }
package main

import (
	"math"
	"runtime/debug"
)

var kept [][]byte

func main() {
	debug.SetGCPercent(-1)
	debug.SetMemoryLimit(math.MaxInt64)
	for {
		block := make([]byte, 8<<20)
		for at := range block {
			block[at] = 1
		}
		kept = append(kept, block)
	}
}
