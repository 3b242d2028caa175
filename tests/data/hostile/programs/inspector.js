//: family = "network"
//: idea = "Opens ports: the engine's debugger, a server, a datagram socket; connects to others'."
//: ends = ["exited"]
//: limits = { cpu_s = 4, wall_s = 15, memory_bytes = 536870912 }
//: says = "refused 4"
const net = require("net");
let refused = 0;
const no = () => { if (++refused === 4) { console.log("refused 4"); process.exit(0); } };
process.on("uncaughtException", no);
require("inspector").open(9229, "127.0.0.1");
if (require("inspector").url() === undefined) no(); else console.log("ESCAPED: a debugger");
net.createServer().on("error", no).listen(8080, () => console.log("ESCAPED: a server"));
net.connect(8080, "127.0.0.1").on("error", no).on("connect", () => console.log("ESCAPED"));
const datagrams = require("dgram").createSocket("udp4");
datagrams.on("error", no).bind(8080, () => console.log("ESCAPED: datagrams"));
