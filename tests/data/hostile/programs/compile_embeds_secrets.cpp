//: family = "compiling"
//: idea = "Lets the assembler put such a file into the program."
//: compiles = false
//: ends = ["exited"]
asm(".incbin \"/etc/shadow\"");
int main() {}
