package main

import (
	"bufio"
	"fmt"
	"os"
	"sort"
	"strings"
)

func main() {
	reader := bufio.NewReader(os.Stdin)
	line, _ := reader.ReadString('\n')
	words := append(strings.Fields(line), "pear", "apple", "fig")
	sort.Strings(words)
	counts := map[int]int{}
	for _, word := range words {
		counts[len(word)]++
	}
	fmt.Println(words, counts)
}
