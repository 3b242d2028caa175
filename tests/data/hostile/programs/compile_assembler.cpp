//: family = "compiling"
//: idea = "Lets the assembler repeat itself without an end."
//: compiles = false
//: ends = ["exited", "memory_limit_exceeded", "time_limit_exceeded", "output_limit_exceeded"]
asm(".rept 4000000000\n.quad 1\n.endr");
int main() {}
