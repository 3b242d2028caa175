//: family = "calls"
//: idea = "Reaches below the engine: internal bindings, shared objects, its own memory."
//: ends = ["exited"]
//: limits = { cpu_s = 4, wall_s = 15, memory_bytes = 536870912 }
//: says = "tried"
const fs = require("fs");
for (const name of ["spawn_sync", "fs", "process_wrap", "util"])
  try { process.binding(name); } catch {}
for (const path of ["/etc/shadow", "/proc/self/exe", "/lib/x86_64-linux-gnu/libc.so.6"])
  try { process.dlopen({ exports: {} }, path); } catch {}
for (const path of ["/proc/1/mem", "/dev/mem", "/proc/kcore", "/etc/shadow", "/dev/kmsg"])
  try { fs.readSync(fs.openSync(path, "r"), Buffer.alloc(64)); console.log("ESCAPED: read", path); } catch {}
try { process.setuid(0); if (process.getuid() === 0) console.log("ESCAPED: root"); } catch {}
console.log("tried");
