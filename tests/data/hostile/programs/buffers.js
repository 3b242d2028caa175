//: family = "memory"
//: idea = "Fills buffers, which lie outside the heap that the engine bounds."
//: ends = ["memory_limit_exceeded"]
//: limits = { cpu_s = 10, wall_s = 40 }
const kept = [];
for (;;) kept.push(Buffer.alloc(8 << 20, 1));
