//: family = "processes"
//: idea = "Detaches children that ignore signals and hold its streams, and ends."
//: ends = ["exited"]
//: limits = { cpu_s = 4, wall_s = 15, memory_bytes = 536870912 }
const { spawn } = require("child_process");
for (let n = 0; n < 5; n++)
  spawn("sh", ["-c", "trap '' TERM HUP INT; while :; do sleep 1; done"], {
    detached: true,
    stdio: "inherit",
  }).unref();
process.exit(0);
