//: family = "memory"
//: idea = "Catches the error that its heap is full, keeps all it has, and goes on."
//: ends = ["memory_limit_exceeded", "time_limit_exceeded"]
//: limits = { memory_bytes = 402653184, cpu_s = 3, wall_s = 10 }
import java.util.ArrayList;
import java.util.List;

public class Main {
    public static void main(String[] arguments) {
        List<Object> kept = new ArrayList<>();
        while (true) {
            try {
                kept.add(new long[1 << 16]);
            } catch (Throwable ignored) {
            }
        }
    }
}
