//: family = "memory"
//: idea = "Fills the heap with what the collector must keep."
//: ends = ["memory_limit_exceeded"]
//: limits = { cpu_s = 10, wall_s = 40 }
const kept = [];
for (;;) kept.push(new Array(100000).fill(kept.length));
