//: family = "processes"
//: idea = "A bomb of worker threads, each with an engine of its own."
//: ends = ["violation", "memory_limit_exceeded", "time_limit_exceeded", "exited", "signalled"]
const { Worker } = require("worker_threads");
const source = `const { Worker } = require("worker_threads");
for (;;) new Worker(${"process.argv[2]"}, { eval: true });`;
process.on("uncaughtException", () => {});
for (let n = 0; n < 1000; n++) new Worker(source, { eval: true, argv: [source] });
