//: family = "files"
//: idea = "Puts links to secrets where its own files were, and links to folders of the system."
//: ends = ["exited"]
//: limits = { cpu_s = 4, wall_s = 15, memory_bytes = 536870912 }
const fs = require("fs");
for (const [target, name] of [
  ["/etc/shadow", "main.js"], ["/", "root"], ["/proc/1/environ", "out"], ["/dev/zero", "zero"],
  ["/proc/self/fd/0", "loop"], [".", "deep"],
]) {
  fs.rmSync(name, { force: true });
  fs.symlinkSync(target, name);
  try {
    fs.writeFileSync(`${name}/rewardbox`, "here");
    if (name === "root") console.log("ESCAPED: wrote to /");
  } catch {}
}
