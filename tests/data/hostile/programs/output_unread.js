//: family = "output"
//: idea = "Writes faster than anybody reads, without waiting for what it wrote to go."
//: ends = ["output_limit_exceeded", "memory_limit_exceeded"]
//: limits = { cpu_s = 30, wall_s = 90, memory_bytes = 536870912 }
const chunk = "x".repeat(1 << 16);
for (;;) { process.stdout.write(chunk); process.stderr.write(chunk); }
