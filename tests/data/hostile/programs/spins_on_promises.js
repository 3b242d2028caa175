//: family = "time"
//: idea = "Never returns to the event loop: there is always one more promise."
//: ends = ["time_limit_exceeded"]
//: limits = { memory_bytes = 536870912 }
process.on("SIGTERM", () => {});
process.on("SIGXCPU", () => {});
(async () => { for (;;) await null; })();
