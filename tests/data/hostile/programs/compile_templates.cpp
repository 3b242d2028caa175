//: family = "compiling"
//: idea = "Templates that make exponentially many others."
//: compiles = false
//: ends = ["exited", "memory_limit_exceeded", "time_limit_exceeded", "output_limit_exceeded"]
template <int depth, int branch> struct Bomb {
    static constexpr int value =
        Bomb<depth - 1, 2 * branch>::value + Bomb<depth - 1, 2 * branch + 1>::value;
};
template <int branch> struct Bomb<0, branch> { static constexpr int value = branch; };
int main() { return Bomb<24, 1>::value; }
