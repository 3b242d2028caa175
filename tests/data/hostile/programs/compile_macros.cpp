//: family = "compiling"
//: idea = "Macros that grow by a factor of ten a line."
//: compiles = false
//: ends = ["exited", "memory_limit_exceeded", "time_limit_exceeded", "output_limit_exceeded"]
#define A "x" "x" "x" "x" "x" "x" "x" "x" "x" "x"
#define B A A A A A A A A A A
#define C B B B B B B B B B B
#define D C C C C C C C C C C
#define E D D D D D D D D D D
#define F E E E E E E E E E E
#define G F F F F F F F F F F
#define H G G G G G G G G G G
#define I H H H H H H H H H H
const char* text = I;
int main() {}
