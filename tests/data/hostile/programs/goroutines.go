//: family = "memory"
//: idea = "Goroutines without end, which are neither processes nor threads."
//: ends = ["memory_limit_exceeded", "time_limit_exceeded"]
//: limits = { cpu_s = 4, wall_s = 15 }
package main

func main() {
	for {
		go func() { select {} }()
	}
}
