//: family = "memory"
//: idea = "Grows the memory of WebAssembly, which no heap limit counts."
//: ends = ["memory_limit_exceeded"]
//: limits = { cpu_s = 10, wall_s = 40 }
const kept = [];
for (;;) {
  const memory = new WebAssembly.Memory({ initial: 128 });
  new Uint8Array(memory.buffer).fill(1);
  kept.push(memory);
}
