//: family = "processes"
//: idea = "A thread bomb, whose threads make threads."
//: ends = ["violation", "memory_limit_exceeded", "time_limit_exceeded", "output_limit_exceeded", "exited", "signalled"]
//: limits = { memory_bytes = 536870912, cpu_s = 2, wall_s = 5 }
public class Main {
    public static void main(String[] arguments) {
        more();
    }

    private static void more() {
        while (true) {
            try {
                new Thread(Main::more).start();
            } catch (Throwable ignored) {
            }
        }
    }
}
