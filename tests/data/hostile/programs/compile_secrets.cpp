//: family = "compiling"
//: idea = "Lets error messages quote files that are no business of a submission (SandboxFusion's compilers ran outside)."
//: compiles = false
//: ends = ["exited"]
#include "/etc/shadow"
#include "/proc/1/environ"
#include "/root/.bashrc"
int main() {}
